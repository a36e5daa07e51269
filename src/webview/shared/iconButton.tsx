import type { JSX } from 'preact';

interface IconButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly className?: string;
  readonly onClick: () => void;
}

export function IconButton({ icon, label, className, onClick }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${className ?? ''}`}
      title={label}
      aria-label={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Icon({
  name,
  spins,
}: {
  readonly name: string;
  readonly spins?: boolean;
}): JSX.Element {
  return (
    <span
      class={`codicon codicon-${name} ${spins === true ? 'codicon-modifier-spin' : ''}`}
      aria-hidden="true"
    />
  );
}

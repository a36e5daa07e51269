import type { JSX } from 'preact';

interface IconButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly className?: string;
  /** It stays where the keyboard finds it, and does nothing. */
  readonly isDisabled?: boolean;
  /** Of a button that is on or off. */
  readonly isPressed?: boolean;
  readonly onClick: () => void;
}

export function IconButton(props: IconButtonProps): JSX.Element {
  const { icon, label, className, isDisabled = false, isPressed, onClick } = props;
  return (
    <button
      type="button"
      class={`icon-button ${className ?? ''}`}
      title={label}
      aria-label={label}
      aria-disabled={isDisabled || undefined}
      aria-pressed={isPressed}
      onClick={() => !isDisabled && onClick()}
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

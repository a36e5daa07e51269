import type { JSX } from 'preact';
import type { PanelOption } from '../../protocol/chat';
import { Icon } from '../shared/iconButton';

interface PickerProps {
  readonly label: string;
  readonly options: readonly PanelOption[];
  readonly value: string;
  readonly onPick: (id: string) => void;
}

/** The browser's own list box: keyboard, screen readers and small screens work as everywhere. */
export function Picker({ label, options, value, onPick }: PickerProps): JSX.Element {
  const chosen = options.find((option) => option.id === value);
  const hint = chosen?.description;
  return (
    <span class="picker" title={hint === undefined ? label : `${label}: ${hint}`}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {!chosen && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.id} value={option.id} title={option.description}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </span>
  );
}

import type { JSX } from 'preact';

interface PickerProps<T extends string> {
  readonly label: string;
  /** What stands for no choice. */
  readonly all: string;
  readonly names: readonly T[];
  /** How a name is written; itself unless given. */
  readonly textOf?: (name: T) => string;
  readonly chosen: T | undefined;
  readonly choose: (name: T | undefined) => void;
}

/** One of some names, or all. What was chosen stays in the list, also where it is not met any more. */
export function Picker<T extends string>(props: PickerProps<T>): JSX.Element {
  const { label, all, names, textOf = (name) => name, chosen, choose } = props;
  const list = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <select
      class="picker"
      aria-label={label}
      value={chosen ?? ''}
      onChange={({ currentTarget: { value } }) =>
        choose(value === '' ? undefined : list.find((name) => name === value))
      }
    >
      <option value="">{all}</option>
      {list.map((name) => (
        <option key={name} value={name}>
          {textOf(name)}
        </option>
      ))}
    </select>
  );
}

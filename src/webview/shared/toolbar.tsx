import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface ToolbarProps {
  readonly label: string;
  readonly className: string;
  readonly children: ComponentChildren;
}

/** Buttons of which Tab reaches one, and the arrow keys, Home and End the others. */
export function Toolbar({ label, className, children }: ToolbarProps): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  const current = useRef<HTMLElement>(null);
  const keepOneStop = (): void => {
    const all = buttonsOf(bar.current);
    if (!current.current || !all.includes(current.current)) current.current = all[0] ?? null;
    for (const button of all) button.tabIndex = button === current.current ? 0 : -1;
  };
  useLayoutEffect(keepOneStop);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = buttonsOf(bar.current);
    const at = all.findIndex((button) => button === document.activeElement);
    const to = at < 0 ? undefined : MOVES[event.key]?.(at, all.length);
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  return (
    <div
      ref={bar}
      class={className}
      role="toolbar"
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocusIn={({ target }) => {
        if (!(target instanceof HTMLElement) || !buttonsOf(bar.current).includes(target)) return;
        current.current = target;
        keepOneStop();
      }}
    >
      {children}
    </div>
  );
}

/** Index of the button that a key leads to, before it is brought into bounds. */
const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Those of an open menu are the menu's; what only narrow panels show stands alone there. */
function buttonsOf(bar: HTMLElement | null): HTMLElement[] {
  const all = bar?.querySelectorAll<HTMLElement>('button:not([role=menuitem], .narrow-only)');
  return [...(all ?? [])];
}

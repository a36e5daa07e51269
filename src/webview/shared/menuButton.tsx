import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './iconButton';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** A codicon's name. */
  readonly icon?: string;
  readonly hint?: string | undefined;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

interface MenuButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className?: string;
  readonly isDisabled?: boolean;
}

/** A button with a menu, by the keyboard as menus are: arrows, Home, End, first letters, Enter, Escape. */
export function MenuButton(props: MenuButtonProps): JSX.Element {
  const { icon, label, items, className, isDisabled = false } = props;
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menuId = useId();
  const close = (): void => {
    button.current?.focus();
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isOpen || isDisabled || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(true);
  };
  return (
    <span class="menu-anchor">
      <button
        ref={button}
        type="button"
        class={`icon-button ${className ?? ''}`}
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? menuId : undefined}
        aria-disabled={isDisabled || undefined}
        onKeyDown={onKeyDown}
        // Else the menu would lose the focus, be closed for it, and be opened again by the click.
        onPointerDown={(event) => isOpen && event.preventDefault()}
        onClick={() => !isDisabled && setOpen(!isOpen)}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <Menu
          id={menuId}
          label={label}
          items={items}
          anchor={button.current}
          close={close}
          left={() => setOpen(false)}
        />
      )}
    </span>
  );
}

interface MenuProps {
  readonly id: string;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly anchor: HTMLElement | null;
  /** Done with: the focus goes back. */
  readonly close: () => void;
  /** The focus went elsewhere by itself. */
  readonly left: () => void;
}

export function Menu({ id, label, items, anchor, close, left }: MenuProps): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element || !anchor) return;
    // Into the top layer: turns and lists clip what reaches out of them.
    element.showPopover();
    placeAt(element, anchor);
    entries(element)[0]?.focus({ preventScroll: true });
  }, [anchor]);
  const onFocusOut = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    if (to instanceof Node && menu.current?.contains(to) === true) return;
    left();
  };
  return (
    <div
      ref={menu}
      id={id}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      onKeyDown={(event) => onMenuKey(event, menu.current, close)}
      onFocusOut={onFocusOut}
    >
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          class="menu-item"
          role="menuitem"
          tabIndex={-1}
          title={item.hint}
          aria-disabled={item.isDisabled || undefined}
          onPointerEnter={(event) => event.currentTarget.focus({ preventScroll: true })}
          onClick={() => {
            if (item.isDisabled === true) return;
            close();
            item.run();
          }}
        >
          {item.icon !== undefined && <Icon name={item.icon} />}
          <span>{item.label}</span>
        </button>
      ))}
    </div>
  );
}

/** No key goes on to what is below: Escape closes the menu, not what it is in. */
function onMenuKey(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  event.stopPropagation();
  if (!menu) return;
  const all = entries(menu);
  const at = all.findIndex((entry) => entry === document.activeElement);
  const move = (to: number): void => {
    event.preventDefault();
    all.at(to % all.length)?.focus({ preventScroll: true });
  };
  if (event.key === 'Escape' || event.key === 'Tab') {
    if (event.key === 'Escape') event.preventDefault();
    close();
  } else if (event.key === 'ArrowDown') move(at + 1);
  else if (event.key === 'ArrowUp') move(at - 1);
  else if (event.key === 'Home') move(0);
  else if (event.key === 'End') move(-1);
  else if (isLetter(event)) {
    const next = startingWith(event.key, all, at);
    if (next !== undefined) move(next);
  }
}

function isLetter(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey;
}

function startingWith(key: string, all: readonly HTMLElement[], at: number): number | undefined {
  const letter = key.toLowerCase();
  const order = all.map((_, index) => (at + 1 + index) % all.length);
  return order.find((index) => all[index]?.textContent.trim().toLowerCase().startsWith(letter));
}

function entries(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

/** Below its button where there is room, else above it; never out of sight. */
function placeAt(menu: HTMLElement, anchor: HTMLElement): void {
  const gap = 2;
  const edge = 4;
  const from = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = from.bottom + gap;
  const top = below + height + edge <= clientHeight ? below : from.top - gap - height;
  const left = Math.min(from.left, clientWidth - width - edge);
  menu.style.top = `${String(Math.max(edge, Math.min(top, clientHeight - height - edge)))}px`;
  menu.style.left = `${String(Math.max(edge, left))}px`;
}

import { render } from 'preact';
import { assertNever } from '../../../base/assertNever';
import { copyText } from '../../shared/clipboard';
import { COPIED_MS } from '../../shared/copyButton';
import { element } from '../../shared/dom';
import { Menu } from '../../shared/menuButton';
import type { MenuItem } from '../../shared/menuButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import type { CodeBlock } from './codeBlock';
import { codeBlockOf } from './codeBlock';
import { CODE_BUTTONS, CODE_ICONS } from './codeHead';
import type { CodeButton } from './codeHead';
import { isShell } from './codeInfo';

/** Carries out a click on a button of a code block; nothing where it is none. */
export function codeClick(target: Element, panel: Panel): void {
  const button = target.closest<HTMLElement>('[data-code]');
  const holder = button?.closest('.code-block');
  const block = holder && codeBlockOf(holder);
  const action = CODE_BUTTONS.find((name) => name === button?.dataset['code']);
  if (!button || !block || action === undefined) return;
  if (action === 'more') toggleMenu(button, block, panel);
  else carryOut(action, block, panel, button);
}

function carryOut(
  action: Exclude<CodeButton, 'more'>,
  block: CodeBlock,
  panel: Panel,
  button?: HTMLElement,
): void {
  switch (action) {
    case 'copy':
      void copyCode(block, panel, button);
      return;
    case 'wrap':
      block.setWrapped(!block.isWrapped);
      return;
    case 'fold':
      fold(block);
      return;
    case 'diagram':
      block.setSourceShown(!block.isSourceShown);
      return;
    case 'zoomIn':
      block.zoom(1);
      return;
    case 'zoomOut':
      block.zoom(-1);
      return;
    case 'apply':
    case 'insert':
    case 'replace':
    case 'newFile':
    case 'run': {
      const { source, language, path } = block;
      const turnId = turnOf(block);
      const message = { type: 'codeAction' as const, turnId, action, code: source, language };
      panel.post(path === undefined ? message : { ...message, path });
      return;
    }
    default:
      assertNever(action);
  }
}

async function copyCode(block: CodeBlock, panel: Panel, button?: HTMLElement): Promise<void> {
  const done = await copyText(block.source);
  panel.store.announce(done ? strings.copied : strings.copyFailed);
  if (done) panel.post({ type: 'codeCopied', turnId: turnOf(block) });
  const icon = button?.firstElementChild;
  if (!done || !icon) return;
  icon.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => icon.classList.replace('codicon-check', 'codicon-copy'), COPIED_MS);
}

function turnOf(block: CodeBlock): string {
  return block.element.closest<HTMLElement>('[data-turn]')?.dataset['turn'] ?? '';
}

/** Folding a block from its end leaves its beginning on the screen. */
function fold(block: CodeBlock): void {
  block.setFolded(!block.isFolded);
  block.rememberFold();
  if (block.isFolded) block.element.scrollIntoView({ block: 'nearest' });
}

function toggleMenu(button: HTMLElement, block: CodeBlock, panel: Panel): void {
  if (button.ariaExpanded === 'true') return;
  const holder = element('span', 'menu-anchor');
  const close = (): void => {
    render(null, holder);
    holder.remove();
    button.ariaExpanded = 'false';
  };
  button.after(holder);
  button.ariaExpanded = 'true';
  render(
    <Menu
      id="code-menu"
      label={strings.codeButtons.more}
      items={menuItems(block, panel)}
      anchor={button}
      close={() => {
        button.focus();
        close();
      }}
      left={close}
    />,
    holder,
  );
}

/** All that can be done, for a panel too narrow for buttons, too. */
function menuItems(block: CodeBlock, panel: Panel): MenuItem[] {
  const item = (action: Exclude<CodeButton, 'more' | 'fold'>, isOn?: boolean): MenuItem => ({
    id: action,
    label: strings.codeButtons[action],
    icon: isOn === true ? 'check' : CODE_ICONS[action],
    run: () => carryOut(action, block, panel),
  });
  const wrap = item('wrap', block.isWrapped);
  // Half a block is for no file.
  if (!block.isClosed) return [item('copy'), wrap];
  const isDiagram = block.element.classList.contains('drawn');
  return [
    item('copy'),
    ...(isShell(block.language) ? [item('run')] : []),
    ...(isDiagram ? [item('diagram', block.isSourceShown)] : []),
    item('apply'),
    item('insert'),
    item('replace'),
    item('newFile'),
    wrap,
  ];
}

import { element, icon } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type { CodeInfo } from './codeInfo';
import { isShell } from './codeInfo';

/** What the buttons of a code block do; one listener for all of them (codeClicks.tsx) carries it out. */
export const CODE_BUTTONS = [
  'copy',
  'apply',
  'insert',
  'replace',
  'newFile',
  'run',
  'wrap',
  'fold',
  'diagram',
  'zoomIn',
  'zoomOut',
  'more',
] as const;
export type CodeButton = (typeof CODE_BUTTONS)[number];
type HeadButton = Exclude<CodeButton, 'fold'>;

export const CODE_ICONS: Readonly<Record<HeadButton, string>> = {
  copy: 'copy',
  apply: 'diff',
  insert: 'insert',
  replace: 'replace',
  newFile: 'new-file',
  run: 'terminal',
  wrap: 'word-wrap',
  diagram: 'code',
  zoomIn: 'zoom-in',
  zoomOut: 'zoom-out',
  more: 'ellipsis',
};

/** The line above the code: which file, which language, and what can be done with it. */
export function codeHead(info: CodeInfo): HTMLElement {
  const { language, path } = info;
  const label = language === '' ? strings.plainText : language;
  const name = element('span', 'code-name');
  if (path !== undefined) {
    const file = element('span', 'code-file', path);
    file.title = path;
    name.append(file);
  }
  name.append(element('span', 'code-language', label));
  const shown: HeadButton[] = isShell(language) ? ['run', 'insert'] : ['apply', 'insert'];
  if (language === 'mermaid') shown.splice(0, 2, 'zoomOut', 'zoomIn', 'diagram');
  const buttons = [...shown, 'copy' as const, 'more' as const].map(headButton);
  return element('div', 'code-head', name, element('span', 'code-buttons', ...buttons));
}

/** The name of a code block for screen readers. */
export function codeLabel({ language, path }: CodeInfo): string {
  const label = language === '' ? strings.plainText : language;
  return strings.codeIn(path === undefined ? label : `${path}, ${label}`);
}

function headButton(action: HeadButton): HTMLElement {
  const button = element('button', `icon-button code-${action}`, icon(CODE_ICONS[action]));
  button.type = 'button';
  button.dataset['code'] = action;
  button.title = strings.codeButtons[action];
  button.ariaLabel = button.title;
  if (action === 'more') {
    button.ariaHasPopup = 'menu';
    button.ariaExpanded = 'false';
  }
  if (action === 'diagram') button.ariaPressed = 'false';
  return button;
}

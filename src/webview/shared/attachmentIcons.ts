import type { AttachmentView } from '../../protocol/context';

/** The codicon of each kind of context. */
export const ATTACHMENT_ICONS: Readonly<Record<AttachmentView['kind'], string>> = {
  selection: 'list-selection',
  file: 'file',
  folder: 'folder',
  editors: 'files',
  problems: 'warning',
  terminal: 'terminal',
  gitDiff: 'git-compare',
  gitLog: 'git-commit',
  symbol: 'symbol-method',
  image: 'file-media',
  pdf: 'file-pdf',
  url: 'link',
  text: 'note',
};

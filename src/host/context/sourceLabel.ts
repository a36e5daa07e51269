import type { AttachmentKind } from '../../engine/ports';
import type { Translate } from '../translate';
import type { ContextSource } from './contextSource';
import type { Origin } from './trayEntry';

export interface ShownAs {
  readonly kind: AttachmentKind;
  readonly label: string;
  readonly detail: string;
}

/** What a chip shows until it is read, and when it can't be. */
export function sourceLabel(origin: Origin, t: Translate): ShownAs {
  switch (origin.kind) {
    case 'source':
      return namedSource(origin.source, t);
    case 'data':
      return { kind: 'text', label: origin.name, detail: origin.name };
    case 'text':
      return shown('text', t('Pasted text'));
    case 'kept':
      return shown(origin.attachment.kind, origin.attachment.label);
    case 'refused':
      return shown(
        'text',
        origin.problem.kind === 'unknown' ? origin.problem.source : t('Too many'),
      );
  }
}

function namedSource(source: ContextSource, t: Translate): ShownAs {
  switch (source.kind) {
    case 'selection':
      return shown('selection', t('Selection'));
    case 'editors':
      return shown('editors', t('Open editors'));
    case 'problems':
      return shown('problems', t('Problems'));
    case 'terminal':
      return shown('terminal', t('Terminal'));
    case 'gitDiff':
      return shown('gitDiff', t('Git diff'));
    case 'gitLog':
      return shown('gitLog', t('Git log'));
    case 'file':
      return { kind: 'file', label: lastName(source.path), detail: source.path };
    case 'folder':
      return { kind: 'folder', label: `${lastName(source.path)}/`, detail: source.path };
    case 'symbol':
      return { kind: 'symbol', label: source.name, detail: source.uri };
    case 'url':
      return {
        kind: 'url',
        label: source.url.replace(/^https?:\/\//iu, '').slice(0, 80),
        detail: source.url,
      };
  }
}

function shown(kind: AttachmentKind, label: string): ShownAs {
  return { kind, label, detail: label };
}

function lastName(path: string): string {
  const name = path.replace(/\/+$/u, '');
  return name.slice(name.lastIndexOf('/') + 1) || path;
}

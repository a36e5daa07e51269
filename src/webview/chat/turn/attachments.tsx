import type { JSX } from 'preact';
import type { AttachmentView } from '../../../protocol/context';
import { ATTACHMENT_ICONS } from '../../shared/attachmentIcons';
import { formatCount } from '../../shared/format';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';

interface AttachmentsProps {
  readonly panel: Panel;
  readonly turnId: string;
  readonly attachments: readonly AttachmentView[];
}

/** What went along with a question; a click shows where it is from. */
export function Attachments({ panel, turnId, attachments }: AttachmentsProps): JSX.Element | null {
  if (attachments.length === 0) return null;
  return (
    <ul class="question-chips" aria-label={strings.attachments}>
      {attachments.map(({ id, kind, label, detail, tokens }) => (
        <li key={id}>
          <button
            type="button"
            class="question-chip"
            aria-label={strings.openAttachment(label)}
            title={[detail || label, strings.attachmentTokens(formatCount(tokens))].join('\n')}
            onClick={() => panel.post({ type: 'openAttachment', id, turnId })}
          >
            <Icon name={ATTACHMENT_ICONS[kind]} />
            <span>{label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

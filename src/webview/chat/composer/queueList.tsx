import type { JSX } from 'preact';
import type { QueuedQuestion } from '../../../protocol/context';
import { Icon, IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';

interface QueueListProps {
  readonly panel: Panel;
  readonly queue: readonly QueuedQuestion[];
  readonly focusText: () => void;
}

/** Questions that wait for the answer under way. */
export function QueueList({ panel, queue, focusText }: QueueListProps): JSX.Element | null {
  if (queue.length === 0) return null;
  const takeBack = (id: string, edit: boolean): void => {
    // The button goes with its question.
    focusText();
    panel.post({ type: 'unqueue', id, edit });
  };
  return (
    <section class="queue" aria-label={strings.queueLabel}>
      <p class="queue-head">{strings.queueHead(queue.length)}</p>
      <ol>
        {queue.map(({ id, text, attachments }) => (
          <li key={id}>
            <span class="queue-text" title={text}>
              {text}
            </span>
            {attachments > 0 && (
              <span class="queue-attachments" title={strings.queueAttachments(attachments)}>
                <Icon name="attach" />
                <span aria-hidden="true">{attachments}</span>
                <span class="visually-hidden">{strings.queueAttachments(attachments)}</span>
              </span>
            )}
            <IconButton icon="edit" label={strings.queueEdit} onClick={() => takeBack(id, true)} />
            <IconButton
              icon="close"
              label={strings.queueRemove}
              onClick={() => takeBack(id, false)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

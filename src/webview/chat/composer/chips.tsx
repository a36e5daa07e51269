import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AttachmentView } from '../../../protocol/context';
import { ATTACHMENT_ICONS } from '../../shared/attachmentIcons';
import { formatCount } from '../../shared/format';
import { Icon, IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import { useEvents } from '../../shared/useEvent';
import type { Panel } from '../panel';
import { THUMBNAIL_SIZE } from './thumbnails';
import type { Thumbnails } from './thumbnails';

interface ChipsProps {
  readonly panel: Panel;
  readonly attachments: readonly AttachmentView[];
  readonly thumbnails: Thumbnails;
  /** Where the focus goes when the last chip is removed. */
  readonly focusText: () => void;
}

/** What asks for something must not be out of sight below the others. */
const URGENCY: Readonly<Record<AttachmentView['state'], number>> = {
  ask: 0,
  failed: 1,
  ready: 2,
  loading: 2,
};

/** The context of the question being written. */
export function Chips({
  panel,
  attachments: all,
  thumbnails,
  focusText,
}: ChipsProps): JSX.Element | null {
  const list = useRef<HTMLUListElement>(null);
  useEvents(thumbnails.onChange);
  if (all.length === 0) return null;
  const attachments = all.toSorted((a, b) => URGENCY[a.state] - URGENCY[b.state]);
  const focusChip = (index: number): void => {
    const chip = list.current?.querySelectorAll<HTMLElement>('.chip-open').item(index);
    if (chip) chip.focus();
    else focusText();
  };
  const remove = (index: number, id: string): void => {
    // Before the host answers: the chip that has the focus goes.
    focusChip(index + 1 < attachments.length ? index + 1 : index - 1);
    panel.post({ type: 'detach', id });
  };
  const onKeyDown = (event: KeyboardEvent, index: number, id: string): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') remove(index, id);
    else if (event.key === 'ArrowLeft') focusChip(Math.max(0, index - 1));
    else if (event.key === 'ArrowRight') focusChip(index + 1);
    else if (event.key === 'Escape') focusText();
    else return;
    event.preventDefault();
  };
  return (
    <ul ref={list} class="chips" aria-label={strings.composerContext}>
      {attachments.map((attachment, index) => (
        <li key={attachment.id} class={`chip ${attachment.state}`}>
          <Chip
            panel={panel}
            attachment={attachment}
            bitmap={attachment.kind === 'image' ? thumbnails.get(attachment.label) : undefined}
            remove={() => remove(index, attachment.id)}
            onKeyDown={(event) => onKeyDown(event, index, attachment.id)}
          />
        </li>
      ))}
    </ul>
  );
}

interface ChipProps {
  readonly panel: Panel;
  readonly attachment: AttachmentView;
  readonly bitmap: ImageBitmap | undefined;
  readonly remove: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Chip({ panel, attachment, bitmap, remove, onKeyDown }: ChipProps): JSX.Element {
  const { id, label, detail, tokens, state, problem } = attachment;
  return (
    <>
      <span class="chip-main">
        <button
          type="button"
          class="chip-open"
          title={[detail || label, problem, strings.chipKeys].filter(Boolean).join('\n')}
          aria-keyshortcuts="Delete"
          onClick={() => panel.post({ type: 'openAttachment', id })}
          onKeyDown={onKeyDown}
        >
          <ChipIcon attachment={attachment} bitmap={bitmap} />
          <span class="chip-label">{label}</span>
          {state !== 'loading' && tokens > 0 && (
            <span class="chip-tokens">{formatCount(tokens)}</span>
          )}
          <span class="visually-hidden">{strings.chipState[state]}</span>
        </button>
        <IconButton
          icon="close"
          label={strings.removeAttachment(label)}
          className="chip-remove"
          onClick={remove}
        />
      </span>
      {state === 'ask' && (
        <span class="chip-problem" role="group" aria-label={strings.secretQuestion(problem ?? '')}>
          <span>{strings.secretQuestion(problem ?? '')}</span>
          <span class="actions">
            <button
              type="button"
              class="button secondary"
              aria-label={strings.attachAnyway(label)}
              onClick={() => panel.post({ type: 'allowAttachment', id })}
            >
              {strings.attach}
            </button>
            <button
              type="button"
              class="button secondary"
              aria-label={strings.removeAttachment(label)}
              onClick={remove}
            >
              {strings.remove}
            </button>
          </span>
        </span>
      )}
      {state === 'failed' && <span class="chip-problem">{problem ?? strings.attachFailed}</span>}
    </>
  );
}

function ChipIcon({
  attachment: { kind, state },
  bitmap,
}: Pick<ChipProps, 'attachment' | 'bitmap'>): JSX.Element {
  if (state === 'loading') return <Icon name="loading" spins />;
  if (state === 'ask') return <Icon name="shield" />;
  if (state === 'failed') return <Icon name="error" />;
  if (bitmap) return <Thumbnail bitmap={bitmap} />;
  return <Icon name={ATTACHMENT_ICONS[kind]} />;
}

function Thumbnail({ bitmap }: { readonly bitmap: ImageBitmap }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.clearRect(0, 0, THUMBNAIL_SIZE, THUMBNAIL_SIZE);
    context?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <canvas
      ref={canvas}
      class="chip-thumbnail"
      width={THUMBNAIL_SIZE}
      height={THUMBNAIL_SIZE}
      aria-hidden="true"
    />
  );
}

import type { JSX } from 'preact';
import type { AttachmentView } from '../../../protocol/context';
import { Icon, IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { IntakeNote } from './useIntake';

interface IntakeNotesProps {
  readonly note: IntakeNote;
  readonly attachments: readonly AttachmentView[];
  readonly dismiss: () => void;
  /** Puts the long text into the question after all; `id`: the chip that it became. */
  readonly insert: (text: string, id: string) => void;
}

/** What became of something that was pasted or dropped. */
export function IntakeNotes({
  note,
  attachments,
  dismiss,
  insert,
}: IntakeNotesProps): JSX.Element | null {
  if (note.kind === 'problem') {
    return (
      <div class="intake-note problem">
        <Icon name="warning" />
        <span>{note.text}</span>
        <IconButton icon="close" label={strings.dismiss} onClick={dismiss} />
      </div>
    );
  }
  const chip = attachments.find(({ id, kind }) => kind === 'text' && !note.before.has(id));
  if (!chip) return null;
  return (
    <div class="intake-note">
      <Icon name="note" />
      <span>{strings.longTextAttached}</span>
      <button type="button" class="link-button" onClick={() => insert(note.text, chip.id)}>
        {strings.insertAsText}
      </button>
      <IconButton icon="close" label={strings.dismiss} onClick={dismiss} />
    </div>
  );
}

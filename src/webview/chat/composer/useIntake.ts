import { useEffect, useRef, useState } from 'preact/hooks';
import type { AttachmentView } from '../../../protocol/context';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import { canBeDropped, droppedIn, isLongText, pastedFiles } from './dropped';
import { MAX_FILE_BYTES, readBase64 } from './fileData';
import { Thumbnails } from './thumbnails';

/** Said above the text until the next question or until it is put away. */
export type IntakeNote =
  | { readonly kind: 'problem'; readonly text: string }
  /** A long text became an attachment; `before`: what was attached already. */
  | { readonly kind: 'longText'; readonly text: string; readonly before: ReadonlySet<string> };

export interface Intake {
  readonly isDragging: boolean;
  readonly note: IntakeNote | undefined;
  readonly thumbnails: Thumbnails;
  readonly dismiss: () => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}

/** Takes what is pasted into the composer and what is dropped anywhere on the panel. */
export function useIntake(panel: Panel, attachments: readonly AttachmentView[]): Intake {
  const [isDragging, setDragging] = useState(false);
  const [note, setNote] = useState<IntakeNote>();
  const [thumbnails] = useState(() => new Thumbnails());
  const pasted = useRef(0);

  const complain = (text: string): void => {
    setNote({ kind: 'problem', text });
    panel.store.announce(text);
  };
  const takeFiles = async (files: readonly File[], isPaste: boolean): Promise<void> => {
    for (const file of files) {
      const isNew = isPaste && file.type.startsWith('image/') && /^image\.\w+$/.test(file.name);
      // Every picture of the clipboard is called the same.
      const name = isNew ? strings.pastedImage(++pasted.current, file.name) : file.name;
      if (file.size > MAX_FILE_BYTES) {
        complain(strings.fileTooLarge(name, Math.floor(MAX_FILE_BYTES / 1_000_000)));
        continue;
      }
      try {
        const base64 = await readBase64(file);
        panel.post({
          type: 'attachData',
          name: name.slice(0, 1_000),
          mime: file.type.slice(0, 200),
          base64,
        });
        if (file.type.startsWith('image/')) await thumbnails.add(name, file);
      } catch {
        complain(strings.fileUnreadable(name));
      }
    }
  };
  const drop = (transfer: DataTransfer): void => {
    const { files, uris, links } = droppedIn(transfer);
    setNote(undefined);
    if (uris.length > 0) panel.post({ type: 'attachUris', uris: [...uris] });
    for (const link of links) panel.post({ type: 'attach', source: `url:${link}`.slice(0, 4_096) });
    void takeFiles(files, false);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const transfer = event.clipboardData;
    if (!transfer) return;
    const files = pastedFiles(transfer);
    const text = transfer.getData('text/plain');
    if (files.length > 0) {
      event.preventDefault();
      setNote(undefined);
      void takeFiles(files, true);
    } else if (isLongText(text)) {
      event.preventDefault();
      setNote({ kind: 'longText', text, before: new Set(attachments.map(({ id }) => id)) });
      panel.post({ type: 'attachText', text });
    }
  };
  useEffect(() => watchDrops(setDragging, drop), [panel]);
  useEffect(() => () => thumbnails.dispose(), [thumbnails]);
  return { isDragging, note, thumbnails, dismiss: () => setNote(undefined), onPaste };
}

/** The whole page is the target: nobody has to aim. */
function watchDrops(
  setDragging: (isDragging: boolean) => void,
  drop: (transfer: DataTransfer) => void,
): () => void {
  const onOver = (event: DragEvent): void => {
    if (!canBeDropped(event.dataTransfer)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    setDragging(true);
  };
  const onLeave = (event: DragEvent): void => {
    // Gone from the page, not from one element to the next.
    if (event.relatedTarget === null) setDragging(false);
  };
  const onDrop = (event: DragEvent): void => {
    setDragging(false);
    if (!event.dataTransfer || !canBeDropped(event.dataTransfer)) return;
    event.preventDefault();
    drop(event.dataTransfer);
  };
  document.addEventListener('dragenter', onOver);
  document.addEventListener('dragover', onOver);
  document.addEventListener('dragleave', onLeave);
  document.addEventListener('drop', onDrop);
  return () => {
    document.removeEventListener('dragenter', onOver);
    document.removeEventListener('dragover', onOver);
    document.removeEventListener('dragleave', onLeave);
    document.removeEventListener('drop', onDrop);
  };
}

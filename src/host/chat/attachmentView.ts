import type { Attachment } from '../../engine/ports';
import type { AttachmentView } from '../../protocol/context';

/** The chip of something that went with a question. */
export function attachmentView({ id, kind, label, uri, tokens }: Attachment): AttachmentView {
  return { id, kind, label, detail: uri ?? label, tokens, state: 'ready' };
}

import { AbortError } from '../../base/abort';
import type { DisposableLike } from '../../base/disposable';
import type { HandlerDeps, MessageHandlers } from './messageHandlers';

type ContextMessage =
  | 'draft'
  | 'complete'
  | 'attach'
  | 'attachData'
  | 'attachText'
  | 'attachUris'
  | 'detach'
  | 'allowAttachment'
  | 'openAttachment';

/** Messages about the question that is being written and its context. Disposing stops what is being looked for. */
export function contextMessages(
  deps: HandlerDeps,
): MessageHandlers<ContextMessage> & DisposableLike {
  const { pane, sources } = deps;
  const { tray } = pane;
  let completing = new AbortController();
  return {
    draft: ({ text }) => pane.rememberDraft(text),
    complete: ({ requestId, query }) => {
      completing.abort(new AbortError());
      completing = new AbortController();
      const { signal } = completing;
      void sources.complete(query, signal).then((items) => {
        if (!signal.aborted) pane.tell({ type: 'completions', requestId, items });
      });
    },
    attach: ({ source }) => tray.add(source),
    attachData: ({ name, mime, base64 }) => tray.addData(name, mime, base64),
    attachText: ({ text }) => tray.addText(text),
    attachUris: ({ uris }) => tray.addUris(uris),
    detach: ({ id }) => tray.remove(id),
    allowAttachment: ({ id }) => tray.allow(id),
    openAttachment: ({ id, turnId }) => {
      if (turnId === undefined) {
        tray.open(id);
        return;
      }
      const turn = pane.session.find(turnId);
      const attachment = turn?.attachments.find((one) => one.id === id);
      if (attachment) sources.open(attachment);
    },
    dispose: () => completing.abort(new AbortError()),
  };
}

import type { Attachment, AttachmentKind } from '../../engine/ports';
import type { ContextProblem } from './contextProblem';
import type { ContextSource } from './contextSource';
import type { Gathered } from './gathered';

/** Where a chip is from. */
export type Origin =
  | { readonly kind: 'source'; readonly source: ContextSource }
  | { readonly kind: 'data'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }
  /** Of a question that was asked before: goes as it went then. */
  | { readonly kind: 'kept'; readonly attachment: Attachment }
  /** Nothing that could be read. */
  | { readonly kind: 'refused'; readonly problem: ContextProblem };

export type EntryState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'read'; readonly piece: Gathered; readonly tokens: number }
  | { readonly kind: 'failed'; readonly problem: ContextProblem };

/** One chip of a tray. */
export interface TrayEntry {
  readonly id: string;
  /** Of two with the same one there is one; `undefined` where the contents decide. */
  readonly key: string | undefined;
  readonly origin: Origin;
  /** What is shown until it is read. */
  readonly shown: {
    readonly kind: AttachmentKind;
    readonly label: string;
    readonly detail: string;
  };
  readonly stop: AbortController;
  state: EntryState;
  /** The user lets it go although it may hold secrets. */
  isAllowed: boolean;
  /** Ends, never rejects, when it was read as it should be now. */
  loaded: Promise<void>;
}

/** Whether it is read again when the question is sent: what was selected, shown or fetched at a moment stays what it was then. */
export function isReadAgain({ origin, state }: TrayEntry): boolean {
  if (origin.kind !== 'source' || state.kind !== 'read') return false;
  return !['selection', 'terminal', 'url'].includes(origin.source.kind);
}

/** Held back until the user allows it. */
export function isHeld({ state, isAllowed }: TrayEntry): boolean {
  return state.kind === 'read' && state.piece.secrets.length > 0 && !isAllowed;
}

import type { ChatToHost } from '../../protocol/chatToHost';
import type { ChatStore } from './chatStore';
import type { BodyDeps } from './markdownBody';
import type { SavedState } from './savedState';

/** What the components of the panel work with. */
export interface Panel {
  readonly store: ChatStore;
  readonly saved: SavedState;
  readonly bodies: BodyDeps;
  readonly post: (message: ChatToHost) => void;
  readonly fault: (error: unknown) => void;
  /** Gets everything from the host again. */
  readonly resync: () => void;
}

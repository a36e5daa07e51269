import type { Clock } from '../../base/clock';
import type { Event } from '../../base/event';
import type { SessionView } from '../../protocol/chat';
import type { Translate } from '../translate';
import type { ChatHub } from './chatHub';
import type { ContextSources, SlashCommands, TrayContents } from './chatParts';
import type { GaugeFacts } from './paneGauge';

/** What the panel shows of the world around the conversation. */
export type EnvironmentView = Pick<
  SessionView,
  'endpoint' | 'model' | 'models' | 'efforts' | 'effort' | 'setup'
>;

export interface ChatEnvironment {
  readonly onChange: Event<void>;
  view(): EnvironmentView;
  /** A question is being written: opens a connection for it. Never rejects, costs nothing. */
  warm(): void;
}

/** What one pane remembers over a reload of the window. Writing never rejects. */
export interface PaneMemory {
  conversationId: string | undefined;
  draft: string;
  tray: TrayContents;
}

export interface ChatPaneDeps {
  readonly clock: Clock;
  readonly translate: Translate;
  readonly hub: ChatHub;
  readonly environment: ChatEnvironment;
  readonly sources: ContextSources;
  readonly slash: SlashCommands;
  readonly gaugeFacts: () => Promise<GaugeFacts>;
  /** What the gauge measures against is another. */
  readonly onFactsChange: Event<void>;
  readonly memory: PaneMemory;
  readonly tell: (text: string) => void;
  readonly onStoreFault: (error: unknown) => void;
  /** Chooses the model by name, or from a list. */
  readonly chooseModel: (name: string) => void;
  /** Shows what can be written, and gives what was chosen of it. Never rejects. */
  readonly help: () => Promise<string | undefined>;
  /** The pane is disposed. */
  readonly gone: () => void;
}

/** What the place that the pane is in says of it. */
export interface PaneLabel {
  readonly title: string;
  readonly isUnread: boolean;
}

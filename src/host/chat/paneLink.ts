import { within } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { ChatToHost } from '../../protocol/chatToHost';
import { ChatMessages } from './chatMessages';
import type { ChatMessagesDeps } from './messageHandlers';
import type { CodeColors } from './chatParts';
import type { ChatPane } from './chatPane';
import { FrameChannel } from './frameChannel';
import type { PostToWebview } from './frameChannel';

/** Said by the page itself, not by its reader. */
const UNASKED: ReadonlySet<string> = new Set<ChatToHost['type']>([
  'ready',
  'resync',
  'ack',
  'fault',
  'focus',
  'measured',
]);
/** A page that takes longer to say how large it is is left out, ms. */
const MEASURE_LIMIT_MS = 1_000;

export interface PaneLinkDeps extends ChatMessagesDeps {
  readonly clock: Clock;
  readonly colors: CodeColors;
  /** The reader did something there. */
  readonly used: (pane: ChatPane) => void;
  readonly focused: (page: object, hasFocus: boolean) => void;
  /** Its page is gone for good. */
  readonly unlinked: (link: PaneLink) => void;
}

/** Between a pane and the page that shows it, for as long as its webview lives. */
export class PaneLink extends Disposable {
  readonly #pane: ChatPane;
  readonly #channel: FrameChannel;
  readonly #messages: ChatMessages;
  readonly #deps: PaneLinkDeps;
  /** Who waits for the page to say how large it is. */
  readonly #measuring = new Set<(nodes: number) => void>();
  /** Those asked for last. */
  #colors: ReturnType<CodeColors['styles']> | undefined;

  constructor(pane: ChatPane, post: PostToWebview, deps: PaneLinkDeps) {
    super();
    this.#pane = pane;
    this.#deps = deps;
    this.#channel = this._register(new FrameChannel(pane, post, deps.clock));
    const focused = (hasFocus: boolean): void => {
      if (hasFocus) deps.used(pane);
      deps.focused(this, hasFocus);
    };
    const measured = (nodes: number): void => {
      for (const tell of this.#measuring) tell(nodes);
    };
    this.#messages = this._register(
      new ChatMessages(pane, this.#channel, { ...deps, focused, measured }),
    );
    this._register(pane.onPage((message) => this.#channel.pass(message)));
    for (const message of pane.takeUntold()) this.#channel.pass(message);
    this._register(deps.colors.onChange(() => void this.#showColors()));
  }

  /** A message of the page, whatever it is. */
  take(input: unknown): void {
    const type: unknown =
      typeof input === 'object' && input !== null ? Reflect.get(input, 'type') : '';
    if (typeof type === 'string' && !UNASKED.has(type)) this.#deps.used(this.#pane);
    if (type === 'ready') void this.#showColors();
    this.#messages.take(input);
  }

  /** Out of sight the page is gone; it says `ready` when it is back. */
  set isVisible(isVisible: boolean) {
    this.#pane.setInSight(this, isVisible);
    if (isVisible) return;
    this.#deps.focused(this, false);
    this.#channel.detach();
  }

  /** Changes held back until the page has painted what it has, bytes. */
  get heldBytes(): number {
    return this.#channel.heldBytes;
  }

  /** Nodes of the page's document; `undefined` where no page is in sight, or it does not answer within a second. Never rejects. */
  async countNodes(): Promise<number | undefined> {
    if (!this.#channel.hasPage) return undefined;
    let tell = (_nodes: number): void => undefined;
    const told = new Promise<number>((resolve) => {
      tell = resolve;
    });
    this.#measuring.add(tell);
    try {
      this.#channel.pass({ type: 'measure' });
      return await within(told, MEASURE_LIMIT_MS, this.#deps.clock);
    } finally {
      this.#measuring.delete(tell);
    }
  }

  override dispose(): void {
    if (!this.isDisposed) this.isVisible = false;
    super.dispose();
    this.#deps.unlinked(this);
  }

  async #showColors(): Promise<void> {
    const reading = this.#deps.colors.styles();
    this.#colors = reading;
    const styles = await reading;
    // The theme before may take longer to be read than the one that was chosen after it.
    if (this.isDisposed || this.#colors !== reading) return;
    this.#channel.pass({ type: 'tokenColors', styles: [...styles] });
  }
}

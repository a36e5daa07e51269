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
]);

export interface PaneLinkDeps extends ChatMessagesDeps {
  readonly clock: Clock;
  readonly colors: CodeColors;
  /** The reader did something there. */
  readonly used: (pane: ChatPane) => void;
  readonly focused: (page: object, hasFocus: boolean) => void;
}

/** Between a pane and the page that shows it, for as long as its webview lives. */
export class PaneLink extends Disposable {
  readonly #pane: ChatPane;
  readonly #channel: FrameChannel;
  readonly #messages: ChatMessages;
  readonly #deps: PaneLinkDeps;

  constructor(pane: ChatPane, post: PostToWebview, deps: PaneLinkDeps) {
    super();
    this.#pane = pane;
    this.#deps = deps;
    this.#channel = this._register(new FrameChannel(pane, post, deps.clock));
    const focused = (hasFocus: boolean): void => {
      if (hasFocus) deps.used(pane);
      deps.focused(this, hasFocus);
    };
    this.#messages = this._register(new ChatMessages(pane, this.#channel, { ...deps, focused }));
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

  override dispose(): void {
    if (!this.isDisposed) this.isVisible = false;
    super.dispose();
  }

  async #showColors(): Promise<void> {
    const styles = await this.#deps.colors.styles();
    if (!this.isDisposed) this.#channel.pass({ type: 'tokenColors', styles: [...styles] });
  }
}

import { Disposable } from '../../base/disposable';
import { parseChatToHost } from '../../protocol/chatToHost';
import type { ChatPane } from './chatPane';
import { contextMessages } from './contextMessages';
import type { FrameChannel } from './frameChannel';
import { historyMessages } from './historyMessages';
import { reasonOf } from './messageHandlers';
import type {
  ChatMessagesDeps,
  HandlerDeps,
  MessageHandlers,
  MessageType,
  Messages,
  PageDeps,
} from './messageHandlers';
import { turnMessages } from './turnMessages';

/** Longest part of a webview's own words that is logged. */
const MAX_LOGGED = 500;
const LINK_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** Takes the messages of one webview: checks each, drops and logs what is not one, and does the rest. */
export class ChatMessages extends Disposable {
  readonly #deps: ChatMessagesDeps;
  readonly #handlers: MessageHandlers;

  constructor(pane: ChatPane, channel: FrameChannel, deps: PageDeps) {
    super();
    this.#deps = deps;
    const { requests, log } = deps;
    const handlerDeps: HandlerDeps = { ...deps, pane, run: (job) => this.#run(job) };
    const show = (): void => void this.#show(pane, channel);
    this.#handlers = {
      ...turnMessages(handlerDeps),
      ...this._register(contextMessages(handlerDeps)),
      ...historyMessages(handlerDeps),
      ready: show,
      resync: show,
      ack: ({ seq }) => channel.acknowledge(seq),
      selectModel: ({ model }) => requests.selectModel(model),
      selectEffort: ({ effort }) => requests.selectEffort(effort),
      openLink: ({ href }) => this.#openLink(href),
      action: ({ action }) => requests.carryOut(action, pane),
      focus: ({ hasFocus }) => deps.focused(hasFocus),
      measured: ({ nodes }) => deps.measured(nodes),
      fault: ({ message }) => log.error(`In the chat's page: ${message}`),
    };
  }

  take(input: unknown): void {
    const parsed = parseChatToHost(input);
    if (parsed.ok) this.#handle(parsed.value.type, parsed.value);
    else
      this.#deps.log.warn(
        `The chat sent a message that is none: ${parsed.problem.slice(0, MAX_LOGGED)}`,
      );
  }

  #handle<T extends MessageType>(type: T, message: Messages[T]): void {
    this.#handlers[type](message);
  }

  /** Neither of the two rejects: without the old conversation a new one is shown. */
  async #show(pane: ChatPane, channel: FrameChannel): Promise<void> {
    await Promise.all([pane.readyToShow(), this.#deps.requests.prepare()]);
    channel.ready();
  }

  #openLink(href: string): void {
    const link = URL.canParse(href) ? new URL(href) : undefined;
    if (link && LINK_PROTOCOLS.has(link.protocol)) this.#deps.requests.openLink(link);
    else this.#deps.log.warn('A link of a reply was not opened: only http, https and mailto are');
  }

  #run(job: Promise<unknown>): void {
    job.catch((error: unknown) => {
      if (this.isDisposed) return;
      this.#deps.log.error('The chat', error);
      this.#deps.tell(this.#deps.translate('This did not work: {0}', reasonOf(error)));
    });
  }
}

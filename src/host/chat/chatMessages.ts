import { assertNever } from '../../base/assertNever';
import { parseChatToHost } from '../../protocol/chat';
import type { ChatToHost, PanelAction } from '../../protocol/chat';
import type { Log } from '../logging/log';
import type { ChatController } from './chatController';
import type { FrameChannel } from './frameChannel';

/** What a webview may ask for besides the conversation itself. */
export interface ChatRequests {
  /** The panel is about to be shown; what it needs first is got ready. Never rejects. */
  prepare(): Promise<void>;
  selectModel(model: string): void;
  selectEffort(effort: string): void;
  /** A link that was checked. */
  openLink(link: URL): void;
  carryOut(action: PanelAction): void;
}

/** Longest part of a webview's own words that is logged. */
const MAX_LOGGED = 500;
const LINK_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** Takes the messages of one webview: checks each, drops and logs what is not one, and does the rest. */
export class ChatMessages {
  readonly #controller: ChatController;
  readonly #channel: FrameChannel;
  readonly #requests: ChatRequests;
  readonly #log: Log;

  constructor(controller: ChatController, channel: FrameChannel, requests: ChatRequests, log: Log) {
    this.#controller = controller;
    this.#channel = channel;
    this.#requests = requests;
    this.#log = log;
  }

  take(input: unknown): void {
    const parsed = parseChatToHost(input);
    if (parsed.ok) this.#handle(parsed.value);
    else
      this.#log.warn(
        `The chat sent a message that is none: ${parsed.problem.slice(0, MAX_LOGGED)}`,
      );
  }

  #handle(message: ChatToHost): void {
    switch (message.type) {
      case 'ready':
      case 'resync':
        void this.#show();
        return;
      case 'ack':
        this.#channel.acknowledge(message.seq);
        return;
      case 'send':
        this.#ask(message.text);
        return;
      case 'stop':
        this.#controller.stop();
        return;
      case 'retry':
        this.#controller.retry(message.turnId);
        return;
      case 'retryLater':
        this.#controller.retry(message.turnId, true);
        return;
      case 'continue':
        this.#controller.continueTurn(message.turnId);
        return;
      case 'draft':
        this.#controller.rememberDraft(message.text);
        return;
      case 'selectModel':
        this.#requests.selectModel(message.model);
        return;
      case 'selectEffort':
        this.#requests.selectEffort(message.effort);
        return;
      case 'openLink':
        this.#openLink(message.href);
        return;
      case 'action':
        this.#requests.carryOut(message.action);
        return;
      case 'fault':
        this.#log.error(`In the chat's page: ${message.message}`);
        return;
      default:
        assertNever(message);
    }
  }

  /** A question that is refused (another view of this chat was quicker) goes back to where it was written. */
  #ask(text: string): void {
    if (!this.#controller.send(text) && text.trim() !== '') this.#channel.insertText(text);
  }

  /** Neither of the two rejects: without the old conversation a new one is shown. */
  async #show(): Promise<void> {
    await Promise.all([this.#controller.readyToShow(), this.#requests.prepare()]);
    this.#channel.ready();
  }

  #openLink(href: string): void {
    const link = URL.canParse(href) ? new URL(href) : undefined;
    if (link && LINK_PROTOCOLS.has(link.protocol)) this.#requests.openLink(link);
    else this.#log.warn('A link of a reply was not opened: only http, https and mailto are');
  }
}

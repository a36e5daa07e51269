import assert from 'node:assert/strict';
import { systemClock } from '../../src/base/clock';
import type { ChatController } from '../../src/host/chat/chatController';
import { ChatMessages } from '../../src/host/chat/chatMessages';
import { FrameChannel } from '../../src/host/chat/frameChannel';
import { Log } from '../../src/host/logging/log';
import { Redactor } from '../../src/host/logging/redactor';
import { parseHostToChat } from '../../src/protocol/chat';
import type { Change, ChatToHost, SessionView, TurnView } from '../../src/protocol/chat';
import { waitFor } from './waitFor';

/**
 * The page's side of the chat without a page: says what a page would say, checks every message with the same guard, and keeps
 * what a page would show.
 */
export class TestPanel {
  readonly #channel: FrameChannel;
  readonly #messages: ChatMessages;
  readonly logged: string[] = [];
  turns: TurnView[] = [];
  session: SessionView | undefined;
  frames = 0;

  constructor(controller: ChatController) {
    this.#channel = new FrameChannel(
      controller,
      (message) => {
        // As on the way to a webview: a copy, without what JSON can't carry.
        this.#take(JSON.parse(JSON.stringify(message)));
        return Promise.resolve(true);
      },
      systemClock,
    );
    const write = (line: string): void => void this.logged.push(line);
    const sink = { trace: write, debug: write, info: write, warn: write, error: write };
    this.#messages = new ChatMessages(
      controller,
      this.#channel,
      {
        prepare: () => Promise.resolve(),
        selectModel: () => undefined,
        selectEffort: () => undefined,
        openLink: () => undefined,
        carryOut: () => undefined,
      },
      new Log(sink, new Redactor()),
    );
  }

  say(message: ChatToHost): void {
    this.#messages.take(JSON.parse(JSON.stringify(message)));
  }

  get last(): TurnView {
    const turn = this.turns.at(-1);
    assert.ok(turn, 'the panel shows no turn');
    return turn;
  }

  async open(): Promise<void> {
    this.say({ type: 'ready' });
    await waitFor('the snapshot', 5_000, () => this.session);
  }

  /** Asks and waits for the end of the turn. */
  async ask(text: string): Promise<TurnView> {
    const before = this.turns.length;
    this.say({ type: 'send', text });
    await waitFor('the turn', 5_000, () => this.turns.length > before);
    return this.ended();
  }

  async ended(): Promise<TurnView> {
    await waitFor('the end of the turn', 15_000, () => this.session?.busy === false);
    return this.last;
  }

  async shows(what: string, isShown: (turn: TurnView) => boolean): Promise<void> {
    await waitFor(what, 10_000, () => this.turns.length > 0 && isShown(this.last));
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #take(input: unknown): void {
    const parsed = parseHostToChat(input);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem);
    const message = parsed.value;
    if (message.type === 'snapshot') {
      this.session = message.session;
      this.turns = message.turns;
    }
    if (message.type !== 'frame') return;
    this.frames += 1;
    for (const change of message.changes) this.#apply(change);
    setTimeout(() => this.say({ type: 'ack', seq: message.seq }), 1);
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'turnAdded':
        this.turns = [...this.turns, change.turn];
        return;
      case 'turnRemoved':
        this.turns = this.turns.filter(({ id }) => id !== change.turnId);
        return;
      case 'append':
        this.#edit(change.turnId, (turn) => ({
          ...turn,
          text: turn.text + change.text,
          thinking: turn.thinking + change.thinking,
        }));
        return;
      case 'thinkingVoid':
        this.#edit(change.turnId, (turn) => ({
          ...turn,
          thinking: turn.thinking.slice(0, turn.thinking.length - change.length),
        }));
        return;
      case 'turn':
        this.#edit(change.turnId, (turn) => patched(turn, change.patch));
        return;
      case 'session':
        if (this.session) this.session = { ...this.session, ...withoutUndefined(change.session) };
        return;
      default:
        throw new Error('a change of an unknown kind');
    }
  }

  #edit(id: string, edit: (turn: TurnView) => TurnView): void {
    this.turns = this.turns.map((turn) => (turn.id === id ? edit(turn) : turn));
  }
}

/** `null` clears a field, as in the page. */
function patched(turn: TurnView, patch: object): TurnView {
  const next = Object.entries({ ...turn, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(next) as TurnView;
}

function withoutUndefined(patch: object): Partial<SessionView> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

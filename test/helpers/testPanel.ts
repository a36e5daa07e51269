import assert from 'node:assert/strict';
import type { ChatPane } from '../../src/host/chat/chatPane';
import type { Chats } from '../../src/host/chat/chats';
import type { PaneLink } from '../../src/host/chat/paneLink';
import { parseHostToChat } from '../../src/protocol/chat';
import type { Change, HostToChat, SessionView } from '../../src/protocol/chat';
import type { ChatToHost } from '../../src/protocol/chatToHost';
import type { TurnView } from '../../src/protocol/turn';
import { waitFor } from './waitFor';

/** A message that is no part of what the panel shows. */
export type Said = Exclude<HostToChat, { type: 'snapshot' | 'frame' }>;

/**
 * The page's side of the chat without a page: says what a page would say, checks every message with the same guard, and keeps
 * what a page would show.
 */
export class TestPanel {
  readonly #link: PaneLink;
  readonly pane: ChatPane;
  turns: TurnView[] = [];
  session: SessionView | undefined;
  frames = 0;
  snapshots = 0;
  /** All other messages, in order. */
  readonly said: Said[] = [];

  /** In sight from the start, but its page says nothing until `open`. */
  constructor(chats: Chats, pane = chats.view) {
    this.pane = pane;
    this.#link = chats.link(pane, (message) => {
      // As on the way to a webview: a copy, without what JSON can't carry.
      this.#take(JSON.parse(JSON.stringify(message)));
      return Promise.resolve(true);
    });
    this.#link.isVisible = true;
  }

  set isVisible(isVisible: boolean) {
    this.#link.isVisible = isVisible;
  }

  /** Whatever a page could send, messages or not. */
  sayAnything(message: unknown): void {
    this.#link.take(message);
  }

  say(message: ChatToHost): void {
    this.#link.take(JSON.parse(JSON.stringify(message)));
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
    this.#link.dispose();
  }

  #take(input: unknown): void {
    const parsed = parseHostToChat(input);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem);
    const message = parsed.value;
    if (message.type === 'snapshot') {
      this.session = message.session;
      this.turns = message.turns;
      this.snapshots += 1;
      return;
    }
    if (message.type !== 'frame') {
      this.said.push(message);
      return;
    }
    this.frames += 1;
    for (const change of message.changes) this.#apply(change);
    queueMicrotask(() => this.say({ type: 'ack', seq: message.seq }));
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

import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { FrameChannel, MAX_HELD_TEXT } from '../../../../src/host/chat/frameChannel';
import type { FrameSource } from '../../../../src/host/chat/frameChannel';
import type { Change, HostToChat, SessionView } from '../../../../src/protocol/chat';
import type { TurnView } from '../../../../src/protocol/turn';
import { FakeClock } from '../../../helpers/fakeClock';
import { seededRandom } from '../../../helpers/seededRandom';

const SESSION: SessionView = {
  conversationId: 'c1',
  title: '',
  busy: false,
  endpoint: { kind: 'api', label: 'api.anthropic.com' },
  model: 'm',
  models: [],
  efforts: [],
  effort: '',
  setup: [],
  draft: '',
  attachments: [],
  queue: [],
  commands: [],
  isKept: true,
};

function newTurn(id: string): TurnView {
  return {
    id,
    prompt: 'p',
    attachments: [],
    model: 'm',
    state: 'waiting',
    text: '',
    thinking: '',
    tools: [],
    notes: [],
    canContinue: false,
    canAskAgain: false,
  };
}

/** The panel's state kept by applying changes one by one: what every webview must end up with. */
class Panel implements FrameSource {
  readonly #onChange = new Emitter<Change>();
  readonly #onReplaced = new Emitter<void>();
  readonly onChange = this.#onChange.event;
  readonly onReplaced = this.#onReplaced.event;
  turns: TurnView[] = [];
  session = SESSION;

  snapshot() {
    return { session: this.session, turns: this.turns };
  }

  change(change: Change): void {
    const next = applied({ session: this.session, turns: this.turns }, change);
    this.session = next.session;
    this.turns = next.turns;
    this.#onChange.fire(change);
  }

  replace(turns: TurnView[]): void {
    this.turns = turns;
    this.#onReplaced.fire();
  }

  text(turnId: string, text: string): void {
    this.change({ kind: 'append', turnId, text, thinking: '' });
  }
}

interface Shown {
  readonly session: SessionView;
  readonly turns: TurnView[];
}

function applied(shown: Shown, change: Change): Shown {
  const edit = (id: string, with_: (turn: TurnView) => TurnView): Shown => ({
    ...shown,
    turns: shown.turns.map((turn) => (turn.id === id ? with_(turn) : turn)),
  });
  switch (change.kind) {
    case 'turnAdded':
      return { ...shown, turns: [...shown.turns, change.turn] };
    case 'turnRemoved':
      return { ...shown, turns: shown.turns.filter((turn) => turn.id !== change.turnId) };
    case 'append':
      return edit(change.turnId, (turn) => ({
        ...turn,
        text: turn.text + change.text,
        thinking: turn.thinking + change.thinking,
      }));
    case 'thinkingVoid':
      return edit(change.turnId, (turn) => ({
        ...turn,
        thinking: turn.thinking.slice(0, turn.thinking.length - change.length),
      }));
    case 'turn': {
      const { notice, state } = change.patch;
      return edit(change.turnId, (turn) => ({
        ...turn,
        ...(state === undefined ? {} : { state }),
        ...(typeof notice === 'string' ? { notice } : {}),
      }));
    }
    case 'session':
      return { ...shown, session: { ...shown.session, ...(change.session as SessionView) } };
    default:
      throw new Error('unknown change');
  }
}

/** A page at the other end of a link: acknowledges `delayMs` after a frame was sent. */
class Page {
  readonly received: HostToChat[] = [];
  shown: Shown = { session: SESSION, turns: [] };
  delivers = true;
  seq = -1;

  channel: FrameChannel | undefined;
  readonly clock: FakeClock;
  readonly delayMs: () => number;
  readonly acknowledges: () => boolean;

  constructor(clock: FakeClock, delayMs: () => number, acknowledges: () => boolean = () => true) {
    this.clock = clock;
    this.delayMs = delayMs;
    this.acknowledges = acknowledges;
  }

  readonly post = (message: HostToChat): Promise<boolean> => {
    if (!this.delivers) return Promise.resolve(false);
    this.received.push(message);
    this.#take(message);
    return Promise.resolve(true);
  };

  get frames() {
    return this.received.filter((message) => message.type === 'frame');
  }

  #take(message: HostToChat): void {
    if (message.type === 'snapshot') {
      this.shown = structuredClone({ session: message.session, turns: message.turns });
      this.seq = message.seq;
    }
    if (message.type !== 'frame') return;
    expect(message.seq).toBe(this.seq + 1);
    this.seq = message.seq;
    for (const change of message.changes) this.shown = applied(this.shown, change);
    if (!this.acknowledges()) return;
    this.clock.setTimeout(() => this.channel?.acknowledge(message.seq), this.delayMs());
  }
}

function attach(panel: Panel, clock: FakeClock, page: Page): FrameChannel {
  const channel = new FrameChannel(panel, page.post, clock);
  page.channel = channel;
  return channel;
}

/** Streams `ms` of text at one word a millisecond; returns the frames sent. */
async function streamFor(ms: number, roundTripMs: number): Promise<HostToChat[]> {
  const clock = new FakeClock();
  const panel = new Panel();
  const page = new Page(clock, () => roundTripMs);
  using channel = disposing(attach(panel, clock, page));
  channel.value.ready();
  panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
  for (let i = 0; i < ms; i++) {
    panel.text('t1', `w${i} `);
    await clock.advance(1);
  }
  await clock.advance(2_000);
  expect(page.shown.turns).toEqual(panel.turns);
  return page.frames;
}

function disposing(value: FrameChannel): { value: FrameChannel } & Disposable {
  return { value, [Symbol.dispose]: () => value.dispose() };
}

describe('FrameChannel', () => {
  it('sends nothing before the page is ready, then a snapshot', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    panel.text('t1', 'before');
    await clock.advance(100);
    expect(page.received).toEqual([]);
    channel.ready();
    expect(page.received).toMatchObject([
      { type: 'snapshot', seq: 0, turns: [{ text: 'before' }] },
    ]);
    channel.dispose();
  });

  it('joins what comes within a frame into one message', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    channel.ready();
    for (const word of ['one ', 'two ', 'three']) panel.text('t1', word);
    panel.change({ kind: 'turn', turnId: 't1', patch: { state: 'streaming', notice: 'a' } });
    panel.change({ kind: 'turn', turnId: 't1', patch: { notice: null } });
    await clock.advance(50);
    expect(page.frames).toEqual([
      {
        type: 'frame',
        seq: 1,
        changes: [
          { kind: 'append', turnId: 't1', text: 'one two three', thinking: '' },
          { kind: 'turn', turnId: 't1', patch: { state: 'streaming', notice: null } },
        ],
      },
    ]);
    channel.dispose();
  });

  it('sends at most one message in 24 ms', async () => {
    const frames = await streamFor(1_000, 1);
    expect(frames.length).toBeLessThanOrEqual(1_000 / 24 + 1);
    expect(frames.length).toBeGreaterThan(35);
  });

  it('sends bigger messages, not more, over a link with a round trip of 200 ms', async () => {
    const near = await streamFor(1_000, 1);
    const far = await streamFor(1_000, 200);
    expect(far.length).toBeLessThan(near.length);
  });

  it('still sends every 50 ms over a link of 200 ms once that is measured', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 200);
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    for (let i = 0; i < 1_000; i++) {
      panel.text('t1', 'x');
      await clock.advance(1);
    }
    const before = page.frames.length;
    for (let i = 0; i < 1_000; i++) {
      panel.text('t1', 'x');
      await clock.advance(1);
    }
    expect(page.frames.length - before).toBeGreaterThanOrEqual(20);
    channel.dispose();
  });

  it('keeps at most two frames under way to a page that gets slow after a quick start', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    let delay = 5;
    const page = new Page(clock, () => delay);
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(100);
    delay = 500;
    const before = page.frames.length;
    for (let i = 0; i < 1_000; i++) {
      panel.text('t1', 'x');
      await clock.advance(1);
    }
    expect(page.frames.length - before).toBeLessThanOrEqual(6);
    channel.dispose();
  });

  it('keeps nothing for a page that never answers, and shows it the whole when it does', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(
      clock,
      () => 1,
      () => false,
    );
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(40);
    panel.text('t1', 'a');
    await clock.advance(40);
    const held = 'x'.repeat(MAX_HELD_TEXT / 10);
    for (let i = 0; i < 30; i++) {
      panel.text('t1', held);
      await clock.advance(20);
    }
    expect(page.frames).toHaveLength(2);
    channel.acknowledge(1);
    expect(page.received.at(-1)).toMatchObject({ type: 'snapshot', seq: 2 });
    expect(page.shown.turns).toEqual(panel.turns);
    channel.dispose();
  });

  it('tells how much it holds back for a page that does not paint', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(
      clock,
      () => 0,
      () => false,
    );
    const channel = attach(panel, clock, page);
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    expect([channel.hasPage, channel.heldBytes]).toEqual([false, 0]);
    channel.ready();
    expect([channel.hasPage, channel.heldBytes]).toEqual([true, 0]);
    for (let frame = 0; frame < 2; frame++) {
      panel.text('t1', 'sent');
      await clock.advance(100);
    }
    expect(channel.heldBytes).toBe(0);
    panel.text('t1', 'h\u00e9ld');
    await clock.advance(100);
    const held = [{ kind: 'append', turnId: 't1', text: 'h\u00e9ld', thinking: '' }];
    expect(channel.heldBytes).toBe(Buffer.byteLength(JSON.stringify(held)));
    channel.acknowledge(2);
    await clock.advance(100);
    expect(page.frames.at(-1)).toMatchObject({ changes: held });
    expect(channel.heldBytes).toBe(0);
    channel.dispose();
  });

  it('keeps nothing for a page that went away', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    channel.ready();
    channel.detach();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(100);
    expect(page.frames).toEqual([]);
    channel.ready();
    expect(page.shown.turns).toHaveLength(1);
    channel.dispose();
  });

  it('waits for ready after a message that could not be delivered', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    channel.ready();
    page.delivers = false;
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(100);
    page.delivers = true;
    panel.text('t1', 'lost');
    await clock.advance(100);
    expect(page.frames).toEqual([]);
    channel.ready();
    expect(page.shown.turns).toEqual(panel.turns);
    channel.dispose();
  });

  it('sends a snapshot when the conversation is another one', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(30);
    panel.replace([newTurn('other')]);
    expect(page.shown.turns.map((turn) => turn.id)).toEqual(['other']);
    panel.text('other', 'x');
    await clock.advance(30);
    expect(page.shown.turns).toEqual(panel.turns);
    channel.dispose();
  });

  it('drops texts of a turn that is removed before they were sent', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    panel.text('t1', 'gone');
    panel.change({ kind: 'turnRemoved', turnId: 't1' });
    await clock.advance(30);
    expect(page.frames[0]).toMatchObject({
      changes: [{ kind: 'turnAdded' }, { kind: 'turnRemoved' }],
    });
    channel.dispose();
  });

  it('leaves no timer when disposed', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const channel = attach(panel, clock, new Page(clock, () => 1));
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    channel.dispose();
    channel.ready();
    expect(clock.pending).toBe(0);
  });

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'shows the same as the host after any schedule (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const panel = new Panel();
      const page = new Page(
        clock,
        () => Math.floor(random() * 300),
        () => random() < 0.97,
      );
      const channel = attach(panel, clock, page);
      channel.ready();
      let turns = 0;
      let attached = true;
      for (let step = 0; step < 200; step++) {
        const turnId = `t${Math.max(1, turns - Math.floor(random() * 2))}`;
        const pick = random();
        if (turns === 0 || pick < 0.04) {
          turns += 1;
          panel.change({ kind: 'turnAdded', turn: newTurn(`t${turns}`) });
        } else if (pick < 0.75) panel.text(turnId, `${step}é𝄞 `);
        else if (pick < 0.8) panel.change({ kind: 'turnRemoved', turnId });
        else if (pick < 0.88) {
          panel.change({ kind: 'turn', turnId, patch: { notice: `n${step}` } });
        } else if (pick < 0.9) panel.replace(panel.turns.slice(-1));
        else if (pick < 0.93) {
          attached = !attached;
          if (attached) channel.ready();
          else channel.detach();
        } else panel.change({ kind: 'session', session: { title: `${step}` } });
        if (random() < 0.3) await clock.advance(Math.floor(random() * 60));
      }
      if (!attached) channel.ready();
      await clock.advance(5_000);
      // Some acknowledgements were lost; a later one stands for them too.
      channel.acknowledge(page.seq);
      await clock.advance(100);
      expect(page.shown.session.title).toBe(panel.session.title);
      expect(page.shown.turns).toEqual(panel.turns);
      channel.dispose();
      expect(clock.pending).toBe(0);
    },
  );

  it('shows the whole at once when too much comes while nothing is under way', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    await clock.advance(100);
    panel.text('t1', 'x'.repeat(MAX_HELD_TEXT + 1));
    await clock.advance(100);
    expect(page.shown.turns).toEqual(panel.turns);
    panel.text('t1', 'more');
    await clock.advance(100);
    expect(page.shown.turns).toEqual(panel.turns);
    channel.dispose();
  });

  it('takes void thinking back from what is held, then from what the page has', async () => {
    const clock = new FakeClock();
    const panel = new Panel();
    const page = new Page(clock, () => 1);
    const channel = attach(panel, clock, page);
    const think = (thinking: string): void =>
      panel.change({ kind: 'append', turnId: 't1', text: '', thinking });
    channel.ready();
    panel.change({ kind: 'turnAdded', turn: newTurn('t1') });
    think('kept, sent');
    await clock.advance(100);
    think(' and held');
    panel.change({ kind: 'thinkingVoid', turnId: 't1', length: 15 });
    think('!');
    await clock.advance(100);
    expect(page.frames.at(-1)).toMatchObject({
      changes: [
        { kind: 'thinkingVoid', turnId: 't1', length: 6 },
        { kind: 'append', turnId: 't1', text: '', thinking: '!' },
      ],
    });
    expect(page.shown.turns).toMatchObject([{ thinking: 'kept!' }]);
    expect(page.shown.turns).toEqual(panel.turns);
    channel.dispose();
  });
});

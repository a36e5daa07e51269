import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { EngineError } from '../../../../src/engine/errors';
import type { ConversationSummary, StoredTurn } from '../../../../src/engine/ports';
import { ChatSession } from '../../../../src/host/chat/chatSession';
import type { ChatSessionDeps } from '../../../../src/host/chat/chatSession';
import type { Question } from '../../../../src/host/chat/questionQueue';
import { fromStored } from '../../../../src/host/chat/turn';
import { english } from '../../../../src/host/translate';
import type { Change } from '../../../../src/protocol/chat';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { MemoryStore } from '../../../helpers/memoryStore';
import { ScriptedTarget } from '../../../helpers/scriptedTarget';

let clock: FakeClock;
let store: MemoryStore;
let target: ScriptedTarget;
let faults: unknown[];
let session: ChatSession;
let changes: Change[];

function deps(): ChatSessionDeps {
  let ids = 0;
  return {
    clock,
    openStore: () => Promise.resolve(store),
    translate: english,
    newId: () => `t${++ids}`,
    onStoreFault: (error: unknown) => void faults.push(error),
    keepsHistory: () => true,
    target: () => target,
    reactions: { rated: () => undefined, accepted: () => undefined },
    jobs: { summary: () => Promise.reject(new Error('not asked for')) },
    compaction: () => ({ auto: false, at: 0.8 }),
    tell: () => undefined,
    waitingIn: () => [],
    rememberWaiting: () => undefined,
  };
}

function question(text: string): Question {
  return { text, asked: undefined, attachments: [] };
}

function empty(): ConversationSummary {
  return {
    id: 'c1',
    title: '',
    titleFrom: 'prompt',
    pinned: false,
    head: undefined,
    compaction: undefined,
    workspace: undefined,
    createdAt: 0,
    updatedAt: 0,
  };
}

beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryStore();
  target = new ScriptedTarget();
  faults = [];
  changes = [];
  session = new ChatSession(empty(), [], 'new', deps());
  session.onChange((change) => void changes.push(change));
});

afterEach(async () => {
  session.dispose();
  await session.idle();
  expect(clock.pending).toBe(0);
});

function lastTurn() {
  const turn = session.views().at(-1);
  if (!turn) throw new Error('no turn');
  return turn;
}

async function ask(prompt: string): Promise<void> {
  expect(session.send(question(prompt))).toBe(true);
  await settle();
}

async function answered(prompt: string, reply: string): Promise<void> {
  await ask(prompt);
  target.last.text(reply);
  target.last.end();
  await session.idle();
}

describe('ChatSession', () => {
  it('saves a turn before it is sent', async () => {
    session.send(question('hello'));
    expect(target.calls).toHaveLength(0);
    await settle();
    expect(store.calls).toEqual(['createConversation', 'insertTurn']);
    expect(store.turns.get('t1')).toMatchObject({ prompt: 'hello', state: 'waiting', text: '' });
    expect(target.calls).toHaveLength(1);
    target.last.end();
    await session.idle();
  });

  it('names the conversation after its first question', async () => {
    await answered('  What is a pulse?\nMore', 'a beat');
    await answered('And then?', 'x');
    expect(session.conversation.title).toBe('What is a pulse?');
    expect(store.conversations.get('c1')?.title).toBe('What is a pulse?');
  });

  it('shows a whole turn from question to figures', async () => {
    await ask('hello');
    expect(lastTurn()).toMatchObject({ state: 'waiting', prompt: 'hello', model: 'claude-test' });
    target.last.event({ type: 'thinking', text: 'hm' });
    expect(lastTurn()).toMatchObject({ state: 'streaming', thinking: 'hm' });
    target.last.text('Hel');
    target.last.text('lo');
    target.last.end();
    await session.idle();
    expect(lastTurn()).toMatchObject({
      state: 'done',
      text: 'Hello',
      canContinue: false,
      stats: { firstTokenMs: 100, totalMs: 200, cost: '$0.0012', requestId: 'req_1' },
    });
    expect(changes.filter((change) => change.kind === 'append')).toEqual([
      { kind: 'append', turnId: 't1', text: '', thinking: 'hm' },
      { kind: 'append', turnId: 't1', text: 'Hel', thinking: '' },
      { kind: 'append', turnId: 't1', text: 'lo', thinking: '' },
    ]);
    expect(store.turns.get('t1')).toMatchObject({
      state: 'done',
      text: 'Hello',
      content: [{ type: 'text', text: 'Hello' }],
      stats: { requestId: 'req_1', costUSD: 0.0012 },
    });
  });

  it('saves what has arrived at least every second', async () => {
    await ask('hello');
    target.last.text('one ');
    await clock.advance(990);
    expect(store.turns.get('t1')).toMatchObject({ state: 'streaming', text: 'one ' });
    target.last.text('two');
    await clock.advance(990);
    expect(store.turns.get('t1')?.text).toBe('one two');
    expect(store.calls.filter((call) => call === 'appendToTurn')).toHaveLength(2);
    target.last.end();
    await session.idle();
  });

  it('sends the turns before along', async () => {
    await answered('one', 'first');
    await ask('two');
    expect(target.last.request.messages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: [{ type: 'text', text: 'first' }] },
      { role: 'user', content: 'two' },
    ]);
    target.last.end();
    await session.idle();
  });

  it('keeps what arrived when stopped, and can go on from it', async () => {
    await ask('hello');
    target.last.text('Hel');
    session.stop();
    await session.idle();
    expect(lastTurn()).toMatchObject({
      state: 'stopped',
      text: 'Hel',
      endNote: 'Stopped.',
      canContinue: true,
    });
    expect(store.turns.get('t1')).toMatchObject({ state: 'stopped', text: 'Hel' });
    expect(session.continueTurn('t1')).toBe(true);
    await settle();
    expect(target.last.request).toMatchObject({
      messages: [{ role: 'user', content: 'hello' }],
      partial: 'Hel',
    });
    expect(lastTurn()).toMatchObject({ state: 'streaming', text: 'Hel', canContinue: false });
    target.last.text('lo there');
    target.last.end();
    await session.idle();
    expect(session.views()).toHaveLength(1);
    expect(lastTurn()).toMatchObject({ state: 'done', text: 'Hello there' });
    expect(store.turns.get('t1')).toMatchObject({ state: 'done', text: 'Hello there' });
  });

  it('adds up what a reply took before and after it was gone on with', async () => {
    await ask('hello');
    target.last.text('Hel');
    const took = {
      usage: { inputTokens: 5, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
      timing: {
        queueMs: 0,
        backoffMs: 0,
        connectMs: 0,
        firstByteMs: 40,
        firstTokenMs: 50,
        totalMs: 300,
      },
      costUSD: 0.5,
      requestId: 'req_0',
      attempts: 2,
    };
    target.last.fail(new EngineError('truncated', 'Cut.', { took }));
    await session.idle();
    expect(lastTurn()).toMatchObject({ state: 'failed', stats: { attempts: 2, totalMs: 300 } });
    session.continueTurn('t1');
    await settle();
    target.last.end({ costUSD: 0.25 });
    await session.idle();
    expect(lastTurn().error).toBeUndefined();
    expect(store.turns.get('t1')?.stats).toMatchObject({
      usage: { inputTokens: 15, outputTokens: 21 },
      timing: { firstTokenMs: 50, totalMs: 500 },
      costUSD: 0.75,
      attempts: 3,
    });
  });

  it('waits for as long as the server asked when the user chose that', async () => {
    await ask('hello');
    target.last.fail(new EngineError('rate_limit', 'Later.', { retryAfterMs: 3_600_000 }));
    await session.idle();
    const failedAt = clock.wallNow();
    expect(lastTurn().error?.wait).toMatch(/^Wait until /);
    session.retry('t1', true);
    await settle();
    expect(target.last.request).toMatchObject({ notBefore: failedAt + 3_600_000, fresh: true });
    target.last.event({ type: 'waiting', reason: 'asked', waitMs: 3_600_000 });
    expect(lastTurn()).toMatchObject({ noticeUntil: clock.wallNow() + 3_600_000 });
    session.stop();
    await session.idle();
  });

  it('tells each wait in plain words, and notes what happened on the way', async () => {
    await ask('hello');
    const { last } = target;
    const notice = (): string | undefined => lastTurn().notice;
    last.event({ type: 'waiting', reason: 'pacing', limit: 'output_tokens', waitMs: 4_000 });
    expect(notice()).toBe('Waiting for the output-token limit');
    last.event({ type: 'waiting', reason: 'breaker', endpointId: 'api.example', waitMs: 3_000 });
    expect(notice()).toBe('api.example is down for now. Waiting until it can be tried again');
    last.event({ type: 'waiting', reason: 'offline' });
    expect(notice()).toBe('No connection. Waiting for the network');
    const error = new EngineError('overloaded', 'Overloaded.').toInfo();
    last.event({ type: 'fallback', endpointId: 'b.example', model: 'm2', error });
    expect(notice()).toContain('Asking m2 at b.example');
    last.event({ type: 'shaped', notes: [{ kind: 'dropped', messages: 6, tokens: 12_000 }] });
    last.text('one');
    last.event({ type: 'resumed', continuation: 1, error });
    last.event({ type: 'resumed', continuation: 2, error });
    last.end();
    await session.idle();
    const notes = [
      'Asked m2 at b.example instead',
      'The oldest 6 messages were not sent, so that the rest fits (about 12,000 tokens)',
      'The reply broke off 2 times and was gone on with',
    ];
    expect(lastTurn().notes).toEqual(notes);
    expect(store.turns.get('t1')?.stats?.notes).toHaveLength(3);
  });

  it('offers to continue a reply that was cut at the limit', async () => {
    await ask('hello');
    target.last.text('a long');
    target.last.end({ stopReason: 'max_tokens' });
    await session.idle();
    expect(lastTurn()).toMatchObject({ state: 'done', canContinue: true });
    expect(lastTurn().endNote).toContain('limit');
  });

  it('can be stopped before the turn is saved', async () => {
    session.send(question('hello'));
    session.stop();
    await session.idle();
    expect(lastTurn().state).toBe('stopped');
  });

  it('shows a failure in place, after how many attempts, and replaces the empty turn on retry', async () => {
    await ask('hello');
    const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
    const timing = {
      queueMs: 0,
      backoffMs: 7_000,
      connectMs: 0,
      firstByteMs: undefined,
      firstTokenMs: undefined,
      totalMs: 7_400,
    };
    const took = { usage, timing, costUSD: 0, requestId: undefined, attempts: 4 };
    target.last.fail(
      new EngineError('overloaded', 'The server is overloaded.', {
        status: 529,
        requestId: 'req_9',
        said: 'Overloaded',
        took,
      }),
    );
    await session.idle();
    expect(lastTurn()).toMatchObject({
      state: 'failed',
      error: { kind: 'overloaded', requestId: 'req_9', retry: 'first' },
    });
    expect(lastTurn().error?.detail).toContain('tried again 3 times');
    expect(session.retry('t1')).toBe(true);
    await settle();
    expect(session.views().map((turn) => turn.id)).toEqual(['t2']);
    expect([...store.turns.keys()]).toEqual(['t2']);
    expect(changes).toContainEqual({ kind: 'turnRemoved', turnId: 't1' });
    target.last.text('now');
    target.last.end();
    await session.idle();
    expect(lastTurn()).toMatchObject({ state: 'done', text: 'now' });
  });

  it('keeps a partial reply when its question is sent again, but does not send it along', async () => {
    await ask('hello');
    target.last.text('half');
    target.last.fail(new EngineError('truncated', 'broke off'));
    await session.idle();
    expect(session.retry('t1')).toBe(true);
    await settle();
    expect(session.views()).toMatchObject([{ text: '', branch: { index: 1, count: 2 } }]);
    expect(target.last.request.messages).toEqual([{ role: 'user', content: 'hello' }]);
    target.last.end();
    await session.idle();
  });

  it('shows a quiet line while it waits for a slot or the next attempt', async () => {
    await ask('hello');
    target.last.event({ type: 'waiting', reason: 'queue' });
    expect(lastTurn().notice).toBe('Waiting for other requests to end');
    const error = new EngineError('overloaded', 'busy').toInfo();
    target.last.event({ type: 'retry', attempt: 1, maxAttempts: 4, delayMs: 4_000, error });
    target.last.event({ type: 'waiting', reason: 'backoff', waitMs: 4_000 });
    expect(lastTurn()).toMatchObject({
      notice: 'The service is overloaded. Trying again (attempt 2 of 4)',
      noticeUntil: clock.wallNow() + 4_000,
    });
    target.last.event({ type: 'attempt', attempt: 2 });
    expect(lastTurn().notice).toBeUndefined();
    target.last.end();
    await session.idle();
  });

  it('goes on without a store that fails, and says so', async () => {
    store.fault = new Error('disk full');
    await answered('hello', 'Hello');
    expect(lastTurn()).toMatchObject({ state: 'done', text: 'Hello' });
    expect(faults).toContain(store.fault);
  });

  it('puts the turn into the store as soon as that works again', async () => {
    store.fault = new Error('busy');
    await ask('hello');
    target.last.text('Hel');
    store.fault = undefined;
    await clock.advance(1_000);
    expect(store.turns.get('t1')).toMatchObject({ prompt: 'hello', text: 'Hel' });
    target.last.text('lo');
    target.last.end();
    await session.idle();
    expect(store.turns.get('t1')).toMatchObject({ state: 'done', text: 'Hello' });
    expect(store.calls.filter((call) => call === 'insertTurn')).toHaveLength(1);
  });

  it('ends a running turn as interrupted when the window closes', async () => {
    await ask('hello');
    target.last.text('Hel');
    await session.close();
    expect(store.turns.get('t1')).toMatchObject({ state: 'interrupted', text: 'Hel' });
  });

  it('brings a turn whose window died back as interrupted, its text kept', async () => {
    await ask('hello');
    target.last.text('Hel');
    await clock.advance(1_000);
    const found = await store.getConversation('c1');
    const turns = (found?.turns ?? []).map((stored) =>
      fromStored({ ...stored, state: 'interrupted' }),
    );
    const reopened = new ChatSession(empty(), turns, 'stored', deps());
    expect(reopened.views()).toMatchObject([
      { state: 'interrupted', text: 'Hel', canContinue: true },
    ]);
    reopened.dispose();
    session.stop();
    await session.idle();
  });

  it('knows the turn that waits for a key', async () => {
    await ask('hello');
    target.last.fail(new EngineError('authentication', 'refused', { status: 401 }));
    await session.idle();
    expect(session.turnWaitingForKey()).toBe('t1');
    expect(lastTurn().error?.actions).toEqual([{ action: 'setApiKey', label: 'Replace API Key' }]);
  });

  function reopen(turns: readonly StoredTurn[]): ChatSession {
    const reopened = new ChatSession(
      empty(),
      turns.map((stored) => fromStored(stored)),
      'stored',
      { ...deps(), newId: () => 'again' },
    );
    return reopened;
  }

  it('leaves a turn alone that another window is at', async () => {
    await ask('hello');
    const reopened = reopen([...store.turns.values()]);
    expect(reopened.views()).toMatchObject([
      { state: 'interrupted', canContinue: false, canAskAgain: false },
    ]);
    expect(reopened.retry('t1')).toBe(false);
    await settle();
    expect(store.calls).not.toContain('deleteTurn');
    expect([...store.turns.keys()]).toEqual(['t1']);
    reopened.dispose();
    target.last.end();
    await session.idle();
  });

  it('saves on after its conversation was deleted in another window', async () => {
    await answered('one', 'first');
    await store.deleteConversation('c1');
    await answered('two', 'second');
    expect(faults).toEqual([]);
    expect(store.conversations.has('c1')).toBe(true);
    expect(store.turns.get('t2')).toMatchObject({ state: 'done', text: 'second' });
  });

  it('drops the thinking of an attempt that failed, and no other', async () => {
    const error = new EngineError('overloaded', 'busy').toInfo();
    await ask('hello');
    target.last.event({ type: 'attempt', attempt: 1 });
    target.last.event({ type: 'thinking', text: 'kept. ' });
    target.last.event({ type: 'attempt', attempt: 2 });
    target.last.event({ type: 'thinking', text: 'void' });
    await clock.advance(600);
    expect(store.turns.get('t1')?.thinking).toBe('kept. void');
    target.last.event({ type: 'retry', attempt: 2, maxAttempts: 4, delayMs: 4_000, error });
    expect(lastTurn().thinking).toBe('kept. ');
    expect(changes).toContainEqual({ kind: 'thinkingVoid', turnId: 't1', length: 4 });
    await clock.advance(600);
    expect(store.turns.get('t1')).toMatchObject({ state: 'streaming', thinking: 'kept. ' });
    target.last.event({ type: 'attempt', attempt: 3 });
    target.last.event({ type: 'thinking', text: 'new' });
    await clock.advance(600);
    expect(store.turns.get('t1')?.thinking).toBe('kept. new');
    target.last.end();
    await session.idle();
  });

  it('keeps the thinking of before a break when another endpoint is asked then', async () => {
    const error = new EngineError('overloaded', 'busy').toInfo();
    const fallback = { type: 'fallback', endpointId: 'b', model: 'm', error } as const;
    await ask('hello');
    target.last.event({ type: 'attempt', attempt: 1 });
    target.last.event({ type: 'thinking', text: 'kept. ' });
    target.last.text('Hel');
    target.last.event({ type: 'resumed', continuation: 1, error });
    target.last.event(fallback);
    expect(lastTurn().thinking).toBe('kept. ');
    target.last.fail(new EngineError('truncated', 'broke off'));
    await session.idle();
    session.continueTurn('t1');
    await settle();
    target.last.event(fallback);
    expect(lastTurn().thinking).toBe('kept. ');
    target.last.end();
    await session.idle();
  });

  it('tells what was done to the question once, however many are asked', async () => {
    const shaped = {
      type: 'shaped',
      notes: [{ kind: 'compacted', characters: 9 }],
    } as const;
    await ask('hello');
    target.last.event(shaped);
    target.last.event(shaped);
    expect(lastTurn().notes).toHaveLength(1);
    target.last.end();
    await session.idle();
  });

  it('waits again when all that had come was the thinking of a failed attempt', async () => {
    const error = new EngineError('overloaded', 'busy').toInfo();
    await ask('hello');
    target.last.event({ type: 'attempt', attempt: 1 });
    target.last.event({ type: 'thinking', text: 'void' });
    target.last.event({ type: 'retry', attempt: 1, maxAttempts: 4, delayMs: 4_000, error });
    expect(lastTurn()).toMatchObject({ state: 'waiting', thinking: '' });
    expect(changes).toContainEqual({ kind: 'turn', turnId: 't1', patch: { state: 'waiting' } });
    target.last.end();
    await session.idle();
  });

  it('leaves no hole on disk where a write of some text failed', async () => {
    await ask('hello');
    target.last.text('one ');
    await clock.advance(600);
    target.last.text('two ');
    store.fault = new Error('busy');
    await clock.advance(600);
    expect(faults).toEqual([store.fault]);
    store.fault = undefined;
    target.last.text('three');
    await clock.advance(600);
    expect(store.turns.get('t1')).toMatchObject({ state: 'streaming', text: 'one two three' });
    target.last.text(' four');
    await clock.advance(600);
    expect(store.turns.get('t1')?.text).toBe('one two three four');
    target.last.end();
    await session.idle();
  });

  describe('with a store that hangs', () => {
    let hung: Deferred<void>;

    beforeEach(() => {
      hung = new Deferred();
      const insertTurn = store.insertTurn.bind(store);
      store.insertTurn = async (turn) => {
        await hung.promise;
        await insertTurn(turn);
      };
    });

    it('sends after three seconds, and saves when the store answers', async () => {
      session.send(question('hello'));
      await clock.advance(2_900);
      expect(target.calls).toHaveLength(0);
      await clock.advance(200);
      expect(target.calls).toHaveLength(1);
      target.last.text('Hello');
      target.last.end();
      await settle();
      expect(lastTurn()).toMatchObject({ state: 'done', text: 'Hello' });
      hung.resolve();
      await session.idle();
      expect(store.turns.get('t1')).toMatchObject({ state: 'done', text: 'Hello' });
    });

    it('stops at once, and a turn that was replaced meanwhile stays away', async () => {
      session.send(question('hello'));
      session.stop();
      await settle();
      expect(lastTurn().state).toBe('stopped');
      expect(target.calls).toHaveLength(0);
      expect(session.retry('t1')).toBe(true);
      await settle();
      hung.resolve();
      await settle();
      target.last.end();
      await session.idle();
      expect([...store.turns.keys()]).toEqual(['t2']);
    });
  });

  it('can ask again where all tokens went into thinking', async () => {
    await ask('hello');
    target.last.event({ type: 'thinking', text: 'hm' });
    target.last.end({ stopReason: 'max_tokens' });
    await session.idle();
    expect(lastTurn()).toMatchObject({
      state: 'done',
      text: '',
      canContinue: false,
      canAskAgain: true,
    });
    expect(session.retry('t1')).toBe(true);
    await settle();
    expect(session.views().map(({ id }) => id)).toEqual(['t2']);
    target.last.text('yes');
    target.last.end();
    await session.idle();
    expect(session.retry('t2')).toBe(false);
  });
});

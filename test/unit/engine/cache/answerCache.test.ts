import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { AnswerCache } from '../../../../src/engine/cache/answerCache';
import type { KeptAnswer } from '../../../../src/engine/cache/keptAnswer';
import type { AnswerRecord, AnswerStore, KeptAnswerJson } from '../../../../src/engine/ports';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { FakeClock, settle } from '../../../helpers/fakeClock';

/** A disk in memory that can be slow or broken. */
class Disk implements AnswerStore {
  readonly records = new Map<string, AnswerRecord>();
  reads = 0;
  writes = 0;
  fault: Error | undefined;
  /** While there is one, nothing is answered before it. */
  gate: Deferred<void> | undefined;

  async getAnswer(key: string, notBefore: number): Promise<KeptAnswerJson | undefined> {
    this.reads++;
    await this.#answer();
    const record = this.records.get(key);
    return record && record.at >= notBefore ? record : undefined;
  }

  async putAnswer(record: AnswerRecord): Promise<void> {
    this.writes++;
    await this.#answer();
    this.records.set(record.key, record);
  }

  async clearAnswers(): Promise<void> {
    await this.#answer();
    this.records.clear();
  }

  async #answer(): Promise<void> {
    await this.gate?.promise;
    if (this.fault) throw this.fault;
  }
}

const { signal } = new AbortController();
const caches: AnswerCache[] = [];
afterEach(() => {
  for (const cache of caches.splice(0)) cache.dispose();
});

function setUp(disk?: Disk, clock = new FakeClock()) {
  const settings = { ...DEFAULT_SETTINGS.cache };
  const cache = new AnswerCache({ settings: () => settings, clock, disk });
  caches.push(cache);
  const answer = (text = 'Yes', more: Partial<KeptAnswer> = {}): KeptAnswer => ({
    model: 'claude-test',
    content: [{ type: 'text', text }],
    text,
    thinking: '',
    stopReason: 'end_turn',
    usage: { inputTokens: 10, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
    costUSD: 0.25,
    at: clock.wallNow(),
    ...more,
  });
  return { cache, settings, clock, answer };
}

describe('AnswerCache in memory', () => {
  it('gives back what was put, and counts what that saved', async () => {
    const { cache, answer } = setUp();
    expect(await cache.get('k', signal)).toBeUndefined();
    const kept = answer();
    cache.put('k', kept);
    expect(await cache.get('k', signal)).toEqual({ answer: kept, from: 'memory' });
    cache.countShared(0.5);
    cache.countShared(undefined);
    expect(cache.health()).toMatchObject({ entries: 1, hits: 1, misses: 1, shared: 2 });
    expect(cache.health().savedUSD).toBe(0.75);
  });

  it.each(['max_tokens', 'tool_use', 'refusal', 'pause_turn', 'new_reason'])(
    'passes over an answer that ended with %s',
    (stopReason) => {
      const disk = new Disk();
      const { cache, answer } = setUp(disk);
      cache.put('k', answer('cut', { stopReason }));
      expect(cache.health().entries).toBe(0);
      expect(disk.writes).toBe(0);
    },
  );

  it('forgets after the time that the setting gives, also when that is shortened', async () => {
    const { cache, settings, clock, answer } = setUp();
    settings.ttlMs = 60_000;
    cache.put('k', answer());
    await clock.advance(60_000);
    expect(await cache.get('k', signal)).toBeDefined();
    settings.ttlMs = 59_999;
    expect(await cache.get('k', signal)).toBeUndefined();
    expect(cache.health().entries).toBe(0);
  });

  it('does not serve an answer of the far future: the clock was set back', async () => {
    const { cache, settings, clock, answer } = setUp();
    cache.put('k', answer('Yes', { at: clock.wallNow() + settings.ttlMs + 1 }));
    expect(await cache.get('k', signal)).toBeUndefined();
  });

  it('drops the one asked for least recently first, also when the limit is lowered', async () => {
    const { cache, settings, answer } = setUp();
    settings.maxEntries = 2;
    cache.put('a', answer());
    cache.put('b', answer());
    await cache.get('a', signal);
    cache.put('c', answer());
    expect(await cache.get('b', signal)).toBeUndefined();
    expect(await cache.get('a', signal)).toBeDefined();
    settings.maxEntries = 1;
    expect(await cache.get('c', signal)).toBeUndefined();
    expect(await cache.get('a', signal)).toBeDefined();
  });

  it('holds no more bytes than allowed, and none of an answer that is too large by itself', async () => {
    const { cache, settings, answer } = setUp();
    settings.maxMegabytes = 1;
    for (const key of ['a', 'b', 'c', 'd']) cache.put(key, answer('x'.repeat(150_000)));
    const { bytes, entries } = cache.health();
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    expect(entries).toBe(3);
    cache.put('b', answer('x'.repeat(600_000)));
    expect(await cache.get('b', signal)).toBeUndefined();
    expect(await cache.get('d', signal)).toBeDefined();
  });

  it('replaces, forgets a conversation, and clears without losing count', async () => {
    const { cache, answer } = setUp();
    cache.put('a', answer('old'));
    cache.put('a', answer('new'), 'chat 1');
    cache.put('b', answer(), 'chat 2');
    expect(cache.health().entries).toBe(2);
    expect((await cache.get('a', signal))?.answer.text).toBe('new');
    cache.forget('chat 1');
    expect(await cache.get('a', signal)).toBeUndefined();
    await cache.clear();
    expect(cache.health()).toMatchObject({ entries: 0, bytes: 0, hits: 1 });
  });
});

describe('AnswerCache with a disk', () => {
  it('finds what another window put there, and then has it in memory', async () => {
    const disk = new Disk();
    const one = setUp(disk);
    const two = setUp(disk);
    const kept = one.answer('Yes', { costUSD: undefined });
    one.cache.put('k', kept, 'chat');
    await settle();
    expect(await two.cache.get('k', signal)).toEqual({ answer: kept, from: 'disk' });
    expect(await two.cache.get('k', signal)).toEqual({ answer: kept, from: 'memory' });
    two.cache.forget('chat');
    expect(two.cache.health().entries).toBe(0);
  });

  it('does without a disk that is too slow, for a while', async () => {
    const disk = new Disk();
    const { cache, clock, answer } = setUp(disk);
    cache.put('other', answer());
    await settle();
    disk.gate = new Deferred();
    const found = cache.get('k', signal);
    await clock.advance(200);
    expect(await found).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(clock.pending).toBe(0);
    expect(await cache.get('k', signal)).toBeUndefined();
    cache.put('k2', answer());
    expect([disk.reads, disk.writes]).toEqual([1, 1]);
    disk.gate.resolve();
    await clock.advance(10_000);
    expect(await cache.get('k', signal)).toBeUndefined();
    expect(disk.reads).toBe(2);
  });

  it('does without a disk that fails', async () => {
    const disk = new Disk();
    disk.fault = new Error('full');
    const { cache, clock, answer } = setUp(disk);
    cache.put('k', answer());
    await settle();
    expect(await cache.get('k', signal)).toMatchObject({ from: 'memory' });
    await clock.advance(10_000);
    expect(await cache.get('k2', signal)).toBeUndefined();
    expect(clock.pending).toBe(0);
    await expect(cache.clear()).rejects.toThrow('full');
    expect(cache.health().entries).toBe(0);
  });

  it('has only so many answers on their way to a slow disk', async () => {
    const disk = new Disk();
    disk.gate = new Deferred();
    const { cache, answer } = setUp(disk);
    for (let n = 0; n < 100; n++) cache.put(`k${n}`, answer());
    expect(disk.writes).toBe(16);
    disk.gate.resolve();
    await settle();
    cache.put('next', answer());
    expect(disk.writes).toBe(17);
  });

  it('stops waiting when the caller does, and leaves nothing behind', async () => {
    const disk = new Disk();
    disk.gate = new Deferred();
    const { cache, clock } = setUp(disk);
    const controller = new AbortController();
    const found = cache.get('k', controller.signal);
    controller.abort(new Error('stopped'));
    await expect(found).rejects.toThrow('stopped');
    expect(clock.pending).toBe(0);
    await expect(cache.get('k', controller.signal)).rejects.toThrow('stopped');
    expect(cache.health().misses).toBe(0);
    disk.fault = new Error('late');
    disk.gate.resolve();
    await settle();
  });

  it('stops waiting when it is disposed', async () => {
    const disk = new Disk();
    disk.gate = new Deferred();
    const { cache, clock, answer } = setUp(disk);
    const found = cache.get('k', signal);
    cache.dispose();
    expect(await found).toBeUndefined();
    expect(clock.pending).toBe(0);
    cache.put('k', answer());
    expect(cache.health().entries).toBe(0);
    expect(disk.writes).toBe(0);
  });

  it('does not bring back what was read before it was cleared', async () => {
    const disk = new Disk();
    const { cache, answer } = setUp(disk);
    disk.records.set('k', record(answer()));
    disk.gate = new Deferred();
    const found = cache.get('k', signal);
    const cleared = cache.clear();
    disk.gate.resolve();
    await cleared;
    expect(await found).toBeUndefined();
    expect(cache.health().entries).toBe(0);
  });

  it('takes nothing from the disk that is no kept answer', async () => {
    const disk = new Disk();
    const { cache, answer } = setUp(disk);
    const wrong: unknown[] = [
      null,
      {},
      { ...answer(), text: 7 },
      { ...answer(), content: [{ type: 'text' }] },
      { ...answer(), usage: { ...answer().usage, inputTokens: -1 } },
      { ...answer(), costUSD: '0' },
      { ...answer(), at: 0 },
      { ...answer(), stopReason: 'tool_use' },
    ];
    for (const value of wrong) {
      disk.records.set('k', { ...record(answer()), value: JSON.stringify(value) });
      expect(await cache.get('k', signal)).toBeUndefined();
    }
    disk.records.set('k', { ...record(answer()), value: '{' });
    expect(await cache.get('k', signal)).toBeUndefined();
    expect(cache.health()).toMatchObject({ entries: 0, misses: wrong.length + 1 });
    disk.records.set('k', record(answer()));
    expect(await cache.get('k', signal)).toBeDefined();
  });
});

function record(answer: KeptAnswer): AnswerRecord {
  return { key: 'k', value: JSON.stringify(answer), at: answer.at, conversationId: undefined };
}

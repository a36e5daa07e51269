import { abortReason } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable, toDisposable } from '../../base/disposable';
import type { CacheHealth } from '../health';
import type { AnswerLimits, AnswerStore } from '../ports';
import type { EngineSettings } from '../settings';
import { AnswerMemory } from './answerMemory';
import type { MemoryEntry } from './answerMemory';
import { isKeepable, parseKeptAnswer } from './keptAnswer';
import type { KeptAnswer } from './keptAnswer';

export interface AnswerCacheOptions {
  readonly settings: () => EngineSettings['cache'];
  readonly clock: Clock;
  /** Without one, answers are kept in memory only. */
  readonly disk?: AnswerStore | undefined;
}

export interface FoundAnswer {
  readonly answer: KeptAnswer;
  readonly from: 'memory' | 'disk';
}

/** Asking the server takes a second or two: a disk that needs longer than this is not worth waiting for. */
const DISK_LIMIT_MS = 200;
/** So long a disk that failed or was too slow is left alone. */
const DISK_REST_MS = 10_000;
/** Answers on their way to a slow disk; further ones stay in memory only. */
const MAX_WRITING = 16;
const MEGABYTE = 1_000_000;
const MAX_MEMORY_BYTES = 20 * MEGABYTE;

/**
 * Answers kept for the next who asks the same, in memory and on a disk that all windows share. A cache may forget, so nothing that goes
 * wrong with the disk is an error here. Settings count from the next call on.
 */
export class AnswerCache extends Disposable {
  readonly #options: AnswerCacheOptions;
  readonly #memory = new AnswerMemory();
  #writing = 0;
  /** `Clock.now()` until which the disk is left alone. */
  #diskRestsUntil = -Infinity;
  /** Counts clearings: what was read before one must not come back after it. */
  #generation = 0;
  #hits = 0;
  #misses = 0;
  #shared = 0;
  #savedUSD = 0;

  constructor(options: AnswerCacheOptions) {
    super();
    this.#options = options;
    this._register(toDisposable(() => this.#memory.clear()));
  }

  /**
   * The answer that is kept under the key; `undefined` when there is none, when it is too old, or when the disk does not tell within
   * 200 ms. The answer is shared by all who get it: it must not be changed.
   * @throws the signal's reason
   */
  async get(key: string, signal: AbortSignal): Promise<FoundAnswer | undefined> {
    if (signal.aborted) throw abortReason(signal);
    const found = this.#recall(key) ?? (await this.#read(key, signal));
    if (!found) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#savedUSD += found.answer.costUSD ?? 0;
    return found;
  }

  /**
   * Keeps an answer that ended by itself; any other is passed over. In memory at once, on the disk in the background.
   * @param conversationId with which the answer is deleted, where it belongs to one
   */
  put(key: string, answer: KeptAnswer, conversationId?: string): void {
    if (this.isDisposed || !isKeepable(answer)) return;
    const value = JSON.stringify(answer);
    this.#remember(key, { answer, bytes: Buffer.byteLength(value), conversationId });
    const { disk } = this.#options;
    if (!disk || this.#isDiskResting || this.#writing >= MAX_WRITING) return;
    this.#writing++;
    const { notBefore, maxEntries, maxBytes } = this.#limits();
    const limits = { notBefore, maxEntries, maxBytes };
    const written = disk.putAnswer({ key, value, at: answer.at, conversationId }, limits);
    void written.catch(() => this.#restDisk()).finally(() => this.#writing--);
  }

  /** Forgets what belongs to a conversation, here; the store does so by itself when the conversation is deleted there. */
  forget(conversationId: string): void {
    this.#generation++;
    this.#memory.deleteConversation(conversationId);
  }

  /** Forgets everything. @throws what the disk does, which then may still have it */
  async clear(): Promise<void> {
    this.#generation++;
    this.#memory.clear();
    await this.#options.disk?.clearAnswers();
  }

  /** Counts a request that joined one under way. */
  countShared(costUSD: number | undefined): void {
    this.#shared++;
    this.#savedUSD += costUSD ?? 0;
  }

  /** `entries` and `bytes` are those in memory. */
  health(): CacheHealth {
    return {
      entries: this.#memory.entries,
      bytes: this.#memory.bytes,
      hits: this.#hits,
      misses: this.#misses,
      shared: this.#shared,
      savedUSD: this.#savedUSD,
    };
  }

  #recall(key: string): FoundAnswer | undefined {
    this.#trim();
    const answer = this.#memory.get(key);
    if (!answer) return undefined;
    if (this.#isFresh(answer)) return { answer, from: 'memory' };
    this.#memory.delete(key);
    return undefined;
  }

  async #read(key: string, signal: AbortSignal): Promise<FoundAnswer | undefined> {
    const { disk } = this.#options;
    if (!disk || this.#isDiskResting || this.isDisposed) return undefined;
    const generation = this.#generation;
    const kept = await this.#inTime(disk.getAnswer(key, this.#limits().notBefore), signal);
    if (!kept || this.isDisposed || generation !== this.#generation) return undefined;
    const { value, conversationId } = kept;
    const answer = parseKeptAnswer(value);
    if (!answer || !isKeepable(answer) || !this.#isFresh(answer)) return undefined;
    this.#remember(key, { answer, bytes: Buffer.byteLength(value), conversationId });
    return { answer, from: 'disk' };
  }

  /** What the disk says, unless it fails or takes too long; then it gets a rest. Leaves no timer and no listener. */
  #inTime<T>(asked: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const end = toDisposable(() => {
        timer.dispose();
        signal.removeEventListener('abort', onAbort);
        resolve(undefined);
      });
      const giveUp = (): void => {
        this.#restDisk();
        this._release(end);
      };
      const onAbort = (): void => {
        reject(abortReason(signal));
        this._release(end);
      };
      const timer = this.#options.clock.setTimeout(giveUp, DISK_LIMIT_MS);
      signal.addEventListener('abort', onAbort, { once: true });
      this._register(end);
      asked.then((value) => {
        resolve(value);
        this._release(end);
      }, giveUp);
    });
  }

  #remember(key: string, entry: MemoryEntry): void {
    // One that has no room even alone would only drive all others out.
    if (entry.bytes > this.#limits().memoryBytes) this.#memory.delete(key);
    else this.#memory.put(key, entry);
    this.#trim();
  }

  #trim(): void {
    const { maxEntries, memoryBytes } = this.#limits();
    this.#memory.trim({ maxEntries, maxBytes: memoryBytes });
  }

  #limits(): AnswerLimits & { readonly memoryBytes: number } {
    const { ttlMs, maxEntries, maxMegabytes } = this.#options.settings();
    const maxBytes = maxMegabytes * MEGABYTE;
    const notBefore = this.#options.clock.wallNow() - ttlMs;
    return { notBefore, maxEntries, maxBytes, memoryBytes: Math.min(maxBytes, MAX_MEMORY_BYTES) };
  }

  get #isDiskResting(): boolean {
    return this.#options.clock.now() < this.#diskRestsUntil;
  }

  #restDisk(): void {
    this.#diskRestsUntil = this.#options.clock.now() + DISK_REST_MS;
  }

  /** Young enough, and not from a future that a clock set back has made of the past. */
  #isFresh({ at }: KeptAnswer): boolean {
    return Math.abs(this.#options.clock.wallNow() - at) <= this.#options.settings().ttlMs;
  }
}

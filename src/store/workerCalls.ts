import { Worker } from 'node:worker_threads';
import { assertNever } from '../base/assertNever';
import type { Clock } from '../base/clock';
import { Deferred } from '../base/deferred';
import type { DisposableLike } from '../base/disposable';
import { parseResponse, parseResult } from './messages';
import type { StoreCall, StoreOp, StoreResponse, StoreResult, WorkerOptions } from './messages';
import { storeErrors, StoreError } from './storeError';

export interface WorkerCallsOptions {
  /** The bundled `store/worker.ts`. */
  readonly workerUrl: URL;
  readonly workerOptions: WorkerOptions;
  readonly clock: Clock;
  readonly onRecovered: (movedTo: string) => void;
}

interface Pending {
  readonly id: number;
  readonly call: StoreCall;
  readonly answer: Deferred<unknown>;
  readonly limit: DisposableLike;
}

type WorkerState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly worker: Worker }
  /** No thread is started any more: it was terminated, or it died twice without an answer between. */
  | { readonly kind: 'ended'; readonly error: StoreError };

/**
 * Calls to the store's thread, which is started by the first one. They are carried out in the order in which they were made, one on its
 * way at a time: one that runs out of time while it waits here was certainly not carried out. When the thread dies, the call that was on
 * its way fails and the others go to a new thread.
 */
export class WorkerCalls {
  readonly #options: WorkerCallsOptions;
  readonly #queue: Pending[] = [];
  #state: WorkerState = { kind: 'none' };
  /** On its way. It stays here when its time is up, until its answer comes. */
  #current: Pending | undefined;
  #lastId = 0;
  #deathsSinceAnswer = 0;

  constructor(options: WorkerCallsOptions) {
    this.#options = options;
  }

  /** No thread runs and no call waits to start one. */
  get isIdle(): boolean {
    return this.#state.kind !== 'running' && this.#queue.length === 0;
  }

  /** @throws StoreError, `busy` after `limitMs` at the latest */
  async call<Op extends StoreOp>(
    call: Extract<StoreCall, { op: Op }>,
    limitMs: number,
  ): Promise<StoreResult<Op>> {
    const op: Op = call.op;
    if (this.#state.kind === 'ended') throw this.#state.error;
    const id = ++this.#lastId;
    const limit = this.#options.clock.setTimeout(() => this.#expire(id), limitMs);
    const answer = new Deferred<unknown>();
    this.#queue.push({ id, call, answer, limit });
    this.#pump();
    return parseResult(op, await answer.promise);
  }

  /** Ends the thread. What is still on its way, or waits, rejects as `closed`. */
  async terminate(): Promise<void> {
    const state = this.#state;
    this.#end(storeErrors.closed());
    if (state.kind === 'running') await state.worker.terminate();
  }

  #pump(): void {
    if (this.#current) return;
    const next = this.#queue.shift();
    if (!next) {
      // Idle: the process may end.
      if (this.#state.kind === 'running') this.#state.worker.unref();
      return;
    }
    this.#current = next;
    try {
      const worker = this.#startedWorker();
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ id: next.id, call: next.call });
    } catch (error) {
      // The structured clone refused the call: a function or the like in it.
      this.#current = undefined;
      this.#reject(next, storeErrors.invalid(messageOf(error), error));
      this.#pump();
    }
  }

  #startedWorker(): Worker {
    if (this.#state.kind === 'running') return this.#state.worker;
    const { workerUrl, workerOptions } = this.#options;
    const worker = new Worker(workerUrl, { workerData: workerOptions, name: 'pulse-store' });
    let reason = '';
    worker.on('message', (message: unknown) => this.#receive(message));
    worker.on('messageerror', (error) => this.#fault(messageOf(error)));
    worker.on('error', (error) => {
      reason = messageOf(error);
    });
    worker.on('exit', (code) => this.#died(reason === '' ? `it ended with code ${code}` : reason));
    this.#state = { kind: 'running', worker };
    return worker;
  }

  #receive(message: unknown): void {
    let response: StoreResponse;
    try {
      response = parseResponse(message);
    } catch (error) {
      this.#fault(messageOf(error));
      return;
    }
    switch (response.type) {
      case 'recovered':
        this.#options.onRecovered(response.movedTo);
        return;
      case 'result':
      case 'error':
        this.#settle(response);
        return;
      default:
        assertNever(response);
    }
  }

  #settle(response: Extract<StoreResponse, { id: number }>): void {
    const current = this.#current;
    if (current?.id !== response.id) return;
    this.#deathsSinceAnswer = 0;
    this.#current = undefined;
    if (response.type === 'result') {
      current.limit.dispose();
      current.answer.resolve(response.value);
    } else {
      const cause = response.detail === '' ? undefined : new Error(response.detail);
      this.#reject(current, new StoreError(response.kind, response.message, cause));
    }
    this.#pump();
  }

  /** The thread answered what it never should: it can't be trusted with the next call. */
  #fault(detail: string): void {
    if (this.#current) this.#reject(this.#current, storeErrors.unexpected(detail));
    if (this.#state.kind === 'running') void this.#state.worker.terminate();
  }

  #died(detail: string): void {
    if (this.#state.kind !== 'running') return;
    const error = storeErrors.workerDied(detail);
    this.#deathsSinceAnswer++;
    if (this.#deathsSinceAnswer > 1) {
      this.#end(error);
      return;
    }
    this.#state = { kind: 'none' };
    const current = this.#current;
    this.#current = undefined;
    if (current) this.#reject(current, error);
    if (this.#queue.length > 0) this.#pump();
  }

  #end(error: StoreError): void {
    this.#state = { kind: 'ended', error };
    const waiting = this.#queue.splice(0);
    if (this.#current) waiting.unshift(this.#current);
    this.#current = undefined;
    for (const pending of waiting) this.#reject(pending, error);
  }

  #expire(id: number): void {
    if (this.#current?.id === id) {
      this.#reject(this.#current, storeErrors.noAnswer());
      return;
    }
    const index = this.#queue.findIndex((pending) => pending.id === id);
    const [pending] = index < 0 ? [] : this.#queue.splice(index, 1);
    if (pending) this.#reject(pending, storeErrors.notStarted());
  }

  #reject(pending: Pending, error: StoreError): void {
    pending.limit.dispose();
    pending.answer.reject(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

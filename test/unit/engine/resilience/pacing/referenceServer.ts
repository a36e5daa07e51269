import type { Clock } from '../../../../../src/base/clock';

const MINUTE_MS = 60_000;

export interface ServerLimits {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
}

export interface ServerOptions {
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly random: () => number;
  /** Of the capacity, at the start. */
  readonly fill?: number;
  /** Of the refill, taken by others in lumps. */
  readonly foreignShare?: number;
  /** How many headers its answers carry. */
  readonly headers?: 0 | 6 | 9 | 12;
}

/** Refills without a break; others take lumps out of it every 0.5 to 3 s. */
class ReferenceBucket {
  level: number;
  offered: number;
  foreign = 0;
  used = 0;
  #at: number;
  #foreignAt: number;
  #foreignSince: number;
  readonly limit: number;
  readonly #share: number;
  readonly #random: () => number;

  constructor(limit: number, { clock, fill = 0, foreignShare = 0, random }: ServerOptions) {
    this.limit = limit;
    this.#share = foreignShare;
    this.#random = random;
    this.level = limit * fill;
    this.offered = this.level;
    this.#at = clock.now();
    this.#foreignSince = this.#at;
    this.#foreignAt = this.#at + this.#gap();
  }

  advance(now: number): void {
    while (this.#foreignAt <= now) {
      this.#refill(this.#foreignAt);
      const lump = ((this.#foreignAt - this.#foreignSince) / MINUTE_MS) * this.limit * this.#share;
      const taken = Math.min(lump, Math.max(0, this.level));
      this.level -= taken;
      this.foreign += taken;
      this.#foreignSince = this.#foreignAt;
      this.#foreignAt += this.#gap();
    }
    this.#refill(now);
  }

  take(amount: number): void {
    this.level -= amount;
    this.used += amount;
  }

  #refill(now: number): void {
    const gained = ((now - this.#at) / MINUTE_MS) * this.limit;
    this.offered += gained;
    this.level = Math.min(this.limit, this.level + gained);
    this.#at = now;
  }

  #gap(): number {
    return 500 + this.#random() * 2_500;
  }
}

interface Reply {
  readonly tokens: number;
  readonly startedAt: number;
  readonly lastsMs: number;
  charged: number;
}

/** Three buckets as the API keeps them: requests and input charged when a request comes, output as it is produced. */
export class ReferenceServer {
  readonly buckets: Readonly<Record<keyof ServerLimits, ReferenceBucket>>;
  refused = 0;
  accepted = 0;
  readonly #replies = new Set<Reply>();
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { limits } = options;
    this.buckets = {
      requests: new ReferenceBucket(limits.requests, options),
      input: new ReferenceBucket(limits.input, options),
      output: new ReferenceBucket(limits.output, options),
    };
  }

  /** Charges the request. @returns what to wait for when there is not enough, ms */
  admit(input: number): { readonly retryAfterMs: number } | undefined {
    this.#advance();
    const needs = { requests: 1, input, output: 1 };
    let waitMs = 0;
    for (const name of BUCKETS) {
      const { level, limit } = this.buckets[name];
      waitMs = Math.max(waitMs, ((Math.min(needs[name], limit) - level) / limit) * MINUTE_MS);
    }
    if (waitMs > 1e-6) {
      this.refused++;
      return { retryAfterMs: Math.max(1, Math.ceil(waitMs / 1_000)) * 1_000 };
    }
    this.accepted++;
    this.buckets.requests.take(1);
    this.buckets.input.take(input);
    return undefined;
  }

  /** From now on a reply is produced. */
  produce(tokens: number, lastsMs: number): void {
    this.#advance();
    this.#replies.add({ tokens, startedAt: this.#options.clock.now(), lastsMs, charged: 0 });
  }

  headers(): Headers {
    this.#advance();
    const { input, output, requests } = this.buckets;
    const count = this.#options.headers ?? 12;
    const headers = new Headers();
    const tell = (name: string, limit: number, level: number, rounding: number): void => {
      const remaining =
        Math.floor(Math.max(0, level) / rounding + (rounding > 1 ? 0.5 : 0)) * rounding;
      headers.set(`anthropic-ratelimit-${name}-limit`, String(limit));
      headers.set(`anthropic-ratelimit-${name}-remaining`, String(remaining));
      headers.set(`anthropic-ratelimit-${name}-reset`, '2026-01-01T00:01:00Z');
    };
    if (count > 0) tell('requests', requests.limit, requests.level, 1);
    if (count > 6) {
      tell('input-tokens', input.limit, input.level, 1_000);
      tell('output-tokens', output.limit, output.level, 1_000);
    }
    if (count === 6 || count === 12) {
      tell('tokens', input.limit + output.limit, input.level + output.level, 1_000);
    }
    return headers;
  }

  #advance(): void {
    const now = this.#options.clock.now();
    for (const name of BUCKETS) this.buckets[name].advance(now);
    for (const reply of this.#replies) {
      const share = Math.min(1, (now - reply.startedAt) / reply.lastsMs);
      this.buckets.output.take(reply.tokens * share - reply.charged);
      reply.charged = reply.tokens * share;
      if (share === 1) this.#replies.delete(reply);
    }
  }
}

const BUCKETS = ['requests', 'input', 'output'] as const;

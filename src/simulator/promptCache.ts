import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock';
import { BoundedMap } from '../base/boundedMap';
import type { JsonRecord } from './json';
import { countInput, promptParts } from './requests/countInput';
import type { MessagesRequest } from './requests/messagesRequest';

/** Input tokens as `usage` reports them; their sum is the whole prompt. */
export interface InputUsage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly write5mTokens: number;
  readonly write1hTokens: number;
}

/** Shorter prefixes are not cached. The real limit is 512 to 4,096 by model. */
const MIN_CACHED_TOKENS = 512;
const FIVE_MINUTES_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

interface Boundary {
  readonly hash: string;
  /** Of the prompt up to here. */
  readonly tokens: number;
  readonly cacheControl: JsonRecord | undefined;
}

/** Prompt caching by prefix: what was sent up to a `cache_control` mark is read from the cache the next time. */
export class PromptCache {
  /** Prefix hash to the time when it expires. */
  readonly #expiry = new BoundedMap<string, number>(10_000);

  readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * What a request with this prompt reads, writes and pays in full; and remembers its marked prefixes.
   * `admit` is told before: what it throws refuses the request, of which nothing is remembered then.
   */
  use(request: MessagesRequest, admit: (usage: InputUsage) => void = () => undefined): InputUsage {
    const boundaries = this.#boundaries(request);
    const marked = boundaries.filter(
      ({ cacheControl, tokens }) => cacheControl && tokens >= MIN_CACHED_TOKENS,
    );
    const last = marked.at(-1);
    const total = countInput(request);
    if (!last) {
      const usage = { inputTokens: total, cacheReadTokens: 0, write5mTokens: 0, write1hTokens: 0 };
      admit(usage);
      return usage;
    }
    const now = this.clock.now();
    const reach = boundaries.indexOf(last);
    const hit = boundaries
      .slice(0, reach + 1)
      .findLast(({ hash }) => (this.#expiry.get(hash) ?? -1) > now);
    const cacheReadTokens = hit?.tokens ?? 0;
    const written = last.tokens - cacheReadTokens;
    const hourly = last.cacheControl?.['ttl'] === '1h';
    const usage: InputUsage = {
      inputTokens: total - last.tokens,
      cacheReadTokens,
      write5mTokens: hourly ? 0 : written,
      write1hTokens: hourly ? written : 0,
    };
    admit(usage);
    for (const { hash, cacheControl } of hit ? [hit, ...marked] : marked) {
      const lifeMs = cacheControl?.['ttl'] === '1h' ? HOUR_MS : FIVE_MINUTES_MS;
      this.#expiry.set(hash, Math.max(this.#expiry.get(hash) ?? 0, now + lifeMs));
    }
    return usage;
  }

  /** The prompt's prefixes. A mark on the whole request counts as one on its last part. */
  #boundaries(request: MessagesRequest): Boundary[] {
    const parts = promptParts(request);
    const rolling = createHash('sha1').update(request.modelId);
    let tokens = 0;
    return parts.map((part, index) => {
      rolling.update(part.text).update('\0');
      tokens += part.tokens;
      const isLast = index === parts.length - 1;
      return {
        hash: rolling.copy().digest('base64url'),
        tokens,
        cacheControl: part.cacheControl ?? (isLast ? request.cacheControl : undefined),
      };
    });
  }
}

import { abortReason, AbortError } from '../../../base/abort';
import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import type { LimitHealth } from '../../health';
import type { LimitShare, LimitUse } from '../../ports';
import type { EngineSettings } from '../../settings';
import type { Action, LimitName } from '../../types';
import { FamilyLimits } from './familyLimits';
import { InputCalibration } from './inputCalibration';
import { OutputForecast } from './outputForecast';
import { PacedRequest } from './pacedRequest';
import type { RequestEnds } from './pacedRequest';
import type { Ahead, Need, PacingRequest, PacingWait, Reservation } from './pacingTypes';
import { ShareExchange } from './shareExchange';
import { turnOf, WaitingLine } from './waitingLine';
import type { Place } from './waitingLine';

export type { PacingRequest, PacingWait, Reservation } from './pacingTypes';

/** Who waits is told so when the expected end moved by more than this, and the line is looked at so often at least. */
const TELL_FROM_MS = 1_000;
const LOOK_AGAIN_MS = 1_000;
const LIMITS: readonly LimitName[] = ['requests', 'input_tokens', 'output_tokens'];
const NOTHING_AHEAD = { requests: 0, input: 0, output: 0 } as const;

export interface PacerOptions {
  readonly endpointId: string;
  readonly settings: () => EngineSettings['pacing'];
  readonly clock: Clock;
  /** With other windows, under `scope`: the endpoint and something that tells keys apart but not what they are. */
  readonly share?: LimitShare;
  readonly scope?: () => string;
}

interface Waiter extends Place {
  readonly request: PacingRequest;
  /** As it was last looked at: what is learnt meanwhile changes it. */
  need: Need;
  readonly start: (reservation: Reservation) => void;
  readonly fail: (error: Error) => void;
  readonly onWait: (wait: PacingWait) => void;
  limit: LimitName | undefined;
  /** When it was last told to be let out. */
  expectedAt: number;
}

interface Family {
  limits: FamilyLimits;
  readonly line: WaitingLine<Waiter>;
  timer: DisposableLike | undefined;
  toldAt: number;
}

/**
 * Keeps the requests to one endpoint (with one key) below its rate limits, which it learns from the answers: what would be refused
 * waits here instead, visibly and in order. One set of limits for each model family.
 */
export class Pacer extends Disposable {
  readonly #options: PacerOptions;
  readonly #clock: Clock;
  readonly #families = new Map<string, Family>();
  readonly #calibration = new InputCalibration();
  readonly #forecast = new OutputForecast();
  readonly #exchange: ShareExchange | undefined;
  readonly #changed = this._register(new Emitter<void>());

  /** Limits, levels as the server tells them, or who waits have changed. */
  readonly onChange = this.#changed.event;

  constructor(options: PacerOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock;
    const { share, scope, clock } = options;
    if (share && scope) {
      const onOthers = (uses: readonly LimitUse[], since: number): void =>
        this.#usedElsewhere(uses, since);
      this.#exchange = this._register(new ShareExchange({ share, scope, clock, onOthers }));
    }
  }

  /** Requests that wait for a limit. */
  get waiting(): number {
    let waiting = 0;
    for (const { line } of this.#families.values()) waiting += line.size;
    return waiting;
  }

  /** Puts aside what the request is expected to use, or tells what it would have to wait for. */
  tryReserve(request: PacingRequest): Reservation | PacingWait {
    const now = this.#clock.now();
    const family = this.#family(request.family);
    const settings = this.#options.settings();
    family.limits.setOwnLimits(settings, now);
    const need = this.#need(request);
    const first = family.line.first;
    const isNext = !first || turnOf({ action: request.action, since: now }) < turnOf(first);
    if (!settings.enabled || (isNext && family.limits.fits(need, now))) {
      return this.#send(family, request, need, now);
    }
    const wait = family.limits.wait(
      need,
      isNext ? NOTHING_AHEAD : aheadOf(request.action, family, now),
      now,
    );
    // The one ahead may fit just now, before its timer has told it.
    return wait ?? { limit: first?.limit ?? 'requests', waitMs: 1 };
  }

  /**
   * Waits in line: chat > inline > live > batch with ageing, in the order of arrival within one. `onWait` is told the limit and the
   * expected wait whenever they change noticeably.
   * @throws the signal's reason; AbortError when the pacer is disposed
   */
  reserve(
    request: PacingRequest,
    options: { readonly signal: AbortSignal; readonly onWait: (wait: PacingWait) => void },
  ): Promise<Reservation> {
    const { signal, onWait } = options;
    if (signal.aborted) return Promise.reject(abortReason(signal));
    if (this.isDisposed) return Promise.reject(new AbortError());
    const reserved = this.tryReserve(request);
    if ('settle' in reserved) return Promise.resolve(reserved);
    const family = this.#family(request.family);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        family.line.delete(waiter);
        this.#look(family);
        this.#changed.fire();
        reject(abortReason(signal));
      };
      const waiter: Waiter = {
        request,
        action: request.action,
        since: this.#clock.now(),
        need: this.#need(request),
        start: (reservation) => {
          signal.removeEventListener('abort', onAbort);
          resolve(reservation);
        },
        fail: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
        onWait,
        limit: undefined,
        expectedAt: 0,
      };
      signal.addEventListener('abort', onAbort, { once: true });
      family.line.add(waiter);
      this.#tell(waiter, reserved, this.#clock.now());
      this.#look(family);
      this.#changed.fire();
    });
  }

  /** A 429 said to wait; `undefined`: it did not say how long. Nothing of this family goes out before. */
  throttled(family: string, retryAfterMs: number | undefined): void {
    const found = this.#family(family);
    found.limits.hold(retryAfterMs, this.#clock.now());
    this.#look(found);
  }

  /** How long the server has asked the family to wait, from now; what is only expected of its buckets does not count. */
  heldForMs(family: string): number {
    return this.#families.get(family)?.limits.heldForMs(this.#clock.now()) ?? 0;
  }

  /** Another key has other limits. What was learnt of models (size and length of requests) stays. */
  keyChanged(): void {
    for (const family of this.#families.values()) {
      family.limits = new FamilyLimits();
      this.#look(family);
    }
    this.#changed.fire();
  }

  health(): LimitHealth[] {
    const { endpointId, settings } = this.#options;
    const now = this.#clock.now();
    const rows: LimitHealth[] = [];
    for (const [family, { limits, line }] of this.#families) {
      limits.setOwnLimits(settings(), now);
      const waiters = line.ordered();
      for (const limit of LIMITS) {
        const waiting = waiters.filter((waiter) => waiter.limit === limit).length;
        rows.push({ endpointId, family, limit, waiting, ...limits.health(limit, now) });
      }
    }
    return rows;
  }

  override dispose(): void {
    super.dispose();
    for (const family of this.#families.values()) {
      family.timer?.dispose();
      family.timer = undefined;
      for (const waiter of family.line.ordered()) {
        family.line.delete(waiter);
        waiter.fail(new AbortError());
      }
    }
  }

  #family(name: string): Family {
    const known = this.#families.get(name);
    if (known) return known;
    const family: Family = {
      limits: new FamilyLimits(),
      line: new WaitingLine(),
      timer: undefined,
      toldAt: 0,
    };
    this.#families.set(name, family);
    return family;
  }

  #need({ action, model, inputTokens, maxOutputTokens }: PacingRequest): Need {
    return {
      input: this.#calibration.expected(model, inputTokens),
      output: this.#forecast.expected(action, model, maxOutputTokens),
    };
  }

  #send(family: Family, request: PacingRequest, need: Need, now: number): Reservation {
    this.#exchange?.reserved(request.family, need.input, need.output);
    const flight = family.limits.send(need, now);
    return new PacedRequest(family.limits, flight, request, this.#ends, family);
  }

  readonly #ends: RequestEnds<Family> = {
    now: () => this.#clock.now(),
    answered: (family) => {
      this.#look(family);
      this.#changed.fire();
    },
    ended: (family, { action, model, inputTokens }, usage) => {
      if (usage) {
        this.#calibration.learn(model, inputTokens, usage);
        this.#forecast.learn(action, model, usage.outputTokens);
      }
      if (family.line.size > 0) this.#look(family);
    },
  };

  /** Lets out who fits, tells the others, and sets the timer for the next look. */
  #look(family: Family): void {
    family.timer?.dispose();
    family.timer = undefined;
    if (this.isDisposed) return;
    const before = family.line.size;
    if (before === 0) return;
    const now = this.#clock.now();
    const settings = this.#options.settings();
    family.limits.setOwnLimits(settings, now);
    for (let next = family.line.first; next; next = family.line.first) {
      next.need = this.#need(next.request);
      if (settings.enabled && !family.limits.fits(next.need, now)) break;
      family.line.delete(next);
      next.start(this.#send(family, next.request, next.need, now));
    }
    const first = family.line.first;
    if (first) this.#waitOn(family, first, now);
    if (family.line.size !== before) this.#changed.fire();
  }

  #waitOn(family: Family, first: Waiter, now: number): void {
    const wait = family.limits.wait(first.need, NOTHING_AHEAD, now);
    const delayMs = Math.min(LOOK_AGAIN_MS, Math.max(1, Math.ceil(wait?.waitMs ?? 1)));
    // Before anyone is told: who hears it may stop waiting at once, which looks again and sets the timer anew.
    family.timer = this.#clock.setTimeout(() => this.#look(family), delayMs);
    if (wait) this.#tell(first, wait, now);
    // All of them cost a pass over the line: not at every answer.
    if (family.line.size === 1 || now - family.toldAt < LOOK_AGAIN_MS) return;
    family.toldAt = now;
    const ahead = { requests: 0, input: 0, output: 0 };
    for (const waiter of family.line.ordered()) {
      const itsWait = family.limits.wait(waiter.need, ahead, now);
      if (itsWait) this.#tell(waiter, itsWait, now);
      addNeed(ahead, waiter.need);
    }
  }

  #tell(waiter: Waiter, wait: PacingWait, now: number): void {
    const expectedAt = now + wait.waitMs;
    const moved = Math.abs(expectedAt - waiter.expectedAt);
    const isSame = waiter.limit === wait.limit && moved < Math.max(TELL_FROM_MS, wait.waitMs / 4);
    if (isSame) return;
    waiter.limit = wait.limit;
    waiter.expectedAt = expectedAt;
    waiter.onWait({ limit: wait.limit, waitMs: Math.ceil(wait.waitMs) });
  }

  #usedElsewhere(uses: readonly LimitUse[], since: number): void {
    const now = this.#clock.now();
    for (const use of uses) {
      // A family that this window has not used yet has no limits to take it from.
      this.#families.get(use.family)?.limits.usedElsewhere(use, since, now);
    }
  }
}

/** What those take who wait and go before a request that comes now. */
function aheadOf(action: Action, { line }: Family, now: number): Ahead {
  const ahead = { requests: 0, input: 0, output: 0 };
  const turn = turnOf({ action, since: now });
  for (const waiter of line.ordered()) {
    if (turnOf(waiter) > turn) break;
    addNeed(ahead, waiter.need);
  }
  return ahead;
}

function addNeed(
  sum: { requests: number; input: number; output: number },
  { input, output }: Need,
): void {
  sum.requests++;
  sum.input += input;
  sum.output += output;
}

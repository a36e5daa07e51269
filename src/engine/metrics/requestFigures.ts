import { addUsage, hasUsage, NO_USAGE } from '../requests/usage';
import type { Usage } from '../types';
import type { MeasuredRequest } from './metricsHistory';
import { isServiceFault } from './serviceFault';
import { Sketch } from './sketch';
import { streamRate } from './streamRate';

/** What the figures take of a finished turn. */
export type MeasuredTurn = Pick<
  MeasuredRequest,
  'outcome' | 'timing' | 'usage' | 'costUSD' | 'attempts' | 'errorKind' | 'servedFrom'
>;

/** A finished turn with its bins worked out, to be added to any number of figures. */
export interface Measurement {
  readonly turn: MeasuredTurn;
  /** `undefined` where the turn says nothing about it. */
  readonly firstToken: number | undefined;
  readonly total: number | undefined;
  readonly rate: number | undefined;
}

export function measure(turn: MeasuredTurn): Measurement {
  const { outcome, timing, usage, servedFrom } = turn;
  const { firstTokenMs, totalMs } = timing;
  // How soon one failed, was stopped or was found in a cache says nothing about the others.
  const isWhole = outcome === 'ok' && servedFrom === undefined;
  const streamMs = isWhole && firstTokenMs !== undefined ? totalMs - firstTokenMs : 0;
  const rate = streamRate(streamMs, usage.outputTokens);
  return {
    turn,
    firstToken: firstTokenMs === undefined ? undefined : Sketch.binOf(firstTokenMs),
    total: isWhole ? Sketch.binOf(totalMs) : undefined,
    rate: rate === undefined ? undefined : Sketch.binOf(rate),
  };
}

/** What turns came to that ended in some stretch of time: counts, tokens, cost, and how long they took. */
export class RequestFigures {
  ok = 0;
  failed = 0;
  stopped = 0;
  /** Of those that went well, the ones that the service answered: not what was kept. */
  answered = 0;
  /** Of those that failed, the ones by the service's fault. */
  unavailable = 0;
  /** Attempts beyond the first. */
  retries = 0;
  usage: Usage = NO_USAGE;
  /** US$ of the turns whose price is known, and how many have none. */
  costUSD = 0;
  unpriced = 0;
  readonly firstToken = new Sketch();
  /** Of turns that succeeded. */
  readonly total = new Sketch();
  /** Output tokens per second between first token and end, of turns that succeeded. */
  readonly rate = new Sketch();

  /** Turns that ended. */
  get ended(): number {
    return this.ok + this.failed + this.stopped;
  }

  /** Failed share of the turns that were not stopped, 0-1. */
  get errorShare(): number {
    return this.failed === 0 ? 0 : this.failed / (this.ok + this.failed);
  }

  /** Share that the service answered, 0-1; `undefined` before it could. */
  get availability(): number | undefined {
    const asked = this.answered + this.unavailable;
    return asked === 0 ? undefined : this.answered / asked;
  }

  add({ turn, firstToken, total, rate }: Measurement): void {
    this[turn.outcome]++;
    if (turn.outcome === 'ok' && turn.servedFrom === undefined) this.answered++;
    if (turn.errorKind !== undefined && isServiceFault(turn.errorKind)) this.unavailable++;
    this.retries += Math.max(0, turn.attempts - 1);
    this.usage = addUsage(this.usage, turn.usage);
    if (turn.costUSD !== undefined) this.costUSD += turn.costUSD;
    else if (hasUsage(turn.usage)) this.unpriced++;
    if (firstToken !== undefined) this.firstToken.add(firstToken);
    if (total !== undefined) this.total.add(total);
    if (rate !== undefined) this.rate.add(rate);
  }

  merge(other: RequestFigures): void {
    this.ok += other.ok;
    this.failed += other.failed;
    this.stopped += other.stopped;
    this.answered += other.answered;
    this.unavailable += other.unavailable;
    this.retries += other.retries;
    this.usage = addUsage(this.usage, other.usage);
    this.costUSD += other.costUSD;
    this.unpriced += other.unpriced;
    this.firstToken.merge(other.firstToken);
    this.total.merge(other.total);
    this.rate.merge(other.rate);
  }
}

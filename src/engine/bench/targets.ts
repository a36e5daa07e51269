import { assertNever } from '../../base/assertNever';
import type { Measurement } from './benchResult';
import { figuresOf } from './figures';
import type { StepFigures } from './figures';

/** First tokens come sooner than this, ms. */
export const FIRST_TOKEN_TARGET_MS = 2_000;
/** More answered requests than this in a second, of a server on this machine; others set limits of their own. */
export const REQUESTS_PER_SECOND_TARGET = 100;
/** A larger share of requests than this is answered, 0-1. */
export const AVAILABILITY_TARGET = 0.999;

/**
 * - `unproven` what was measured keeps to it, but there were too few requests to be sure
 * - `untold` the answers take so long by themselves that it could not be reached with so many at once: nothing is said about the load
 */
export type Verdict = 'met' | 'missed' | 'unproven' | 'untold';

export type TargetName = 'p50' | 'p95' | 'p99' | 'requestsPerSecond' | 'availability';

export interface TargetResult {
  readonly target: TargetName;
  /** In the target's own unit; `undefined` where nothing was answered. */
  readonly measured: number | undefined;
  readonly model: string;
  readonly verdict: Verdict;
}

/** The targets that this measurement says something about. `isLocal`: the server is on this machine. */
export function targetsOf(measurement: Measurement, isLocal: boolean): readonly TargetResult[] {
  const { scenario, model, steps } = measurement;
  const [step] = steps;
  if (step === undefined) return [];
  const figures = figuresOf(step);
  const result = (
    target: TargetName,
    measured: number | undefined,
    verdict: Verdict,
  ): TargetResult => ({ target, measured, model, verdict });
  switch (scenario.kind) {
    case 'latency': {
      const { firstToken } = figures;
      return (['p50', 'p95', 'p99'] as const).map((name) => {
        const ms = firstToken?.[name];
        return result(name, ms, met(ms !== undefined && ms < FIRST_TOKEN_TARGET_MS));
      });
    }
    case 'throughput': {
      if (!isLocal) return [];
      const rate = figures.requestsPerSecond;
      return [result('requestsPerSecond', rate, rateVerdict(figures, scenario.concurrency))];
    }
    case 'availability': {
      const isProven = figures.answeredInterval.low > AVAILABILITY_TARGET;
      const share = figures.answeredShare ?? 0;
      const kept = isProven ? 'met' : 'unproven';
      return [result('availability', share, share > AVAILABILITY_TARGET ? kept : 'missed')];
    }
    case 'load':
      return [];
    default:
      return assertNever(scenario);
  }
}

/** By Little's law no more than `concurrency` answers come in the time that one takes. */
function rateVerdict(figures: StepFigures, concurrency: number): Verdict {
  const { requestsPerSecond = 0, answeringP50Ms = 0 } = figures;
  if (requestsPerSecond > REQUESTS_PER_SECOND_TARGET) return 'met';
  const most = (concurrency * 1_000) / answeringP50Ms;
  return most > REQUESTS_PER_SECOND_TARGET ? 'missed' : 'untold';
}

function met(isMet: boolean): Verdict {
  return isMet ? 'met' : 'missed';
}

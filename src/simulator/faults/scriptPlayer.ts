import type { Clock } from '../../base/clock';
import type { Random } from '../random';
import type { Fault } from './fault';
import { drawFaults, parseScript } from './faultScript';
import type { ScriptPhase } from './faultScript';

/** Where a script is. Milliseconds on the simulator's clock. */
export type ScriptState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'playing';
      /** From 0. */
      readonly phase: number;
      /** The phase as it was written. */
      readonly text: string;
      /** Until the phase ends; `undefined` when it does not. */
      readonly leftMs: number | undefined;
    }
  | { readonly kind: 'over' };

/** Plays a script of outages by the clock: which faults a request meets depends on when it comes. */
export class ScriptPlayer {
  #phases: readonly ScriptPhase[] = [];
  #startedAt = 0;

  readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Begins a script now, instead of the one before; `undefined` ends that. @throws SpecError */
  play(script: string | undefined): void {
    this.#phases = script === undefined ? [] : parseScript(script);
    this.#startedAt = this.clock.now();
  }

  get state(): ScriptState {
    if (this.#phases.length === 0) return { kind: 'none' };
    let leftMs = this.#startedAt - this.clock.now();
    for (const [phase, { text, durationMs }] of this.#phases.entries()) {
      leftMs += durationMs;
      if (leftMs > 0) {
        return {
          kind: 'playing',
          phase,
          text,
          leftMs: leftMs === Infinity ? undefined : leftMs,
        };
      }
    }
    return { kind: 'over' };
  }

  faults(random: Random): readonly Fault[] {
    const { state } = this;
    const phase = state.kind === 'playing' ? this.#phases[state.phase] : undefined;
    return phase ? drawFaults(phase, random) : [];
  }
}

import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { BreakerHealth } from '../health';
import type { BreakerMemory, SavedBreaker } from '../ports';
import type { BreakerSettings } from './breakerThresholds';
import { CircuitBreaker } from './circuitBreaker';
import { breakerOfKey } from './savedBreakers';

export interface BreakerSetOptions {
  readonly settings: () => BreakerSettings;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Read once here, written at each change of a state. */
  readonly memory?: BreakerMemory | undefined;
}

/** The circuit breakers of all endpoints and model families, made when first asked for. */
export class BreakerSet extends Disposable {
  readonly #options: BreakerSetOptions;
  readonly #changed = this._register(new Emitter<CircuitBreaker>());
  /** By endpoint, then by family: two look-ups cost less than a key made of both. */
  readonly #breakers = new Map<string, Map<string, CircuitBreaker>>();

  /** A breaker's state is another one. */
  readonly onChange: Event<CircuitBreaker> = this.#changed.event;

  /** The breakers that were open before are there at once, and so in `health`. */
  constructor(options: BreakerSetOptions) {
    super();
    this.#options = options;
    const wallNow = options.clock.wallNow();
    for (const saved of options.memory?.read() ?? []) {
      const name = breakerOfKey(saved.key);
      if (!name || saved.reopensAt <= wallNow) continue;
      // The list is from a disk and may name one twice.
      if (this.#breakers.get(name.endpointId)?.has(name.family)) continue;
      this.#make(name.endpointId, name.family, saved);
    }
  }

  get(endpointId: string, family: string): CircuitBreaker {
    return this.#breakers.get(endpointId)?.get(family) ?? this.#make(endpointId, family, undefined);
  }

  /** Disposes the breakers of all other endpoints; who waits there gets an `AbortError`. */
  retain(endpointIds: ReadonlySet<string>): void {
    let wereSaved = false;
    for (const [endpointId, families] of this.#breakers) {
      if (endpointIds.has(endpointId)) continue;
      this.#breakers.delete(endpointId);
      for (const breaker of families.values()) {
        wereSaved ||= breaker.saved() !== undefined;
        this._release(breaker);
      }
    }
    if (wereSaved) this.#save();
  }

  health(): BreakerHealth[] {
    return [...this.#all()].map((breaker) => breaker.health());
  }

  /** Closes all of them, or those of one endpoint. */
  resetAll(endpointId?: string): void {
    for (const breaker of this.#all()) {
      if (endpointId === undefined || breaker.endpointId === endpointId) breaker.reset();
    }
  }

  #make(endpointId: string, family: string, saved: SavedBreaker | undefined): CircuitBreaker {
    const { settings, clock, random } = this.#options;
    const breaker = this._register(
      new CircuitBreaker({ endpointId, family, settings, clock, random, saved }),
    );
    let families = this.#breakers.get(endpointId);
    if (!families) {
      families = new Map();
      this.#breakers.set(endpointId, families);
    }
    families.set(family, breaker);
    // The breaker drops its listeners with itself.
    breaker.onChange(() => {
      this.#save();
      this.#changed.fire(breaker);
    });
    return breaker;
  }

  #save(): void {
    const { memory } = this.#options;
    if (!memory) return;
    const all: SavedBreaker[] = [];
    for (const breaker of this.#all()) {
      const saved = breaker.saved();
      if (saved) all.push(saved);
    }
    memory.write(all);
  }

  *#all(): Generator<CircuitBreaker> {
    for (const families of this.#breakers.values()) yield* families.values();
  }
}

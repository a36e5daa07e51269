import { parseBenchResult } from '../../engine/bench/benchResult';
import type { BenchResult } from '../../engine/bench/benchResult';
import type { MementoLike } from '../memory';

const KEY = 'pulse.benchmark';

/** The run of each endpoint that later ones are compared with, kept in VS Code's memory. */
export class Baselines {
  readonly #memento: MementoLike;

  constructor(memento: MementoLike) {
    this.#memento = memento;
  }

  /** `undefined` where none was kept, or what was kept can't be read any more. */
  of(endpointId: string): BenchResult | undefined {
    const kept = parseBenchResult(this.#memento.get(keyOf(endpointId)));
    return kept?.endpointId === endpointId ? kept : undefined;
  }

  /** Rejects when it can't be kept. */
  async keep(result: BenchResult): Promise<void> {
    await this.#memento.update(keyOf(result.endpointId), result);
  }

  /** Rejects when that can't be kept. */
  async forget(endpointId: string): Promise<void> {
    await this.#memento.update(keyOf(endpointId), undefined);
  }
}

function keyOf(endpointId: string): string {
  return `${KEY}:${endpointId}`;
}

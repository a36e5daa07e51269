import type { ReportPeriod } from '../../engine/metrics/traffic/reportPeriod';
import type { MementoLike } from '../memory';

/** One key each: windows that tell different ones at once don't write over each other. */
const KEY = 'pulse.reports.told';

/** Which reports were told last, for all windows: each period by its beginning, ms since 1970. */
export class ReportMemory {
  readonly #memento: MementoLike;
  readonly #onFault: (error: unknown) => void;

  constructor(memento: MementoLike, onFault: (error: unknown) => void) {
    this.#memento = memento;
    this.#onFault = onFault;
  }

  /** `undefined` where none was told. */
  told(period: ReportPeriod): number | undefined {
    const kept = this.#memento.get(`${KEY}.${period}`);
    return typeof kept === 'number' && Number.isFinite(kept) ? kept : undefined;
  }

  /** Never throws; what goes wrong is reported. */
  tell(period: ReportPeriod, from: number): void {
    const write = async (): Promise<void> => this.#memento.update(`${KEY}.${period}`, from);
    write().catch(this.#onFault);
  }
}

import type { WindowName } from '../figureWindows';
import type { RequestFigures } from '../requestFigures';

/** An endpoint that requests to a model family are held back from. */
export interface OpenBreaker {
  readonly endpointId: string;
  readonly family: string;
}

/** What is as it is at this moment, whatever the window. */
export interface Gauges {
  /** Turns that wait for a slot. */
  readonly queued: number;
  /** What is left of the tightest rate limit, 0-1; `undefined` where none is known. */
  readonly headroom: number | undefined;
  /** Breakers that are open, and those half open, too: one that is being tried is not well yet, and would come and go. */
  readonly openBreakers: readonly OpenBreaker[];
  /** How late the event loop was: P99, ms; `undefined` before it was measured. */
  readonly loopDelayMs: number | undefined;
  /** Memory of the extension host, MB; `undefined` before it was measured. */
  readonly rssMB: number | undefined;
}

/** Where the figures come from that alerts are about. Read at each evaluation; none of it throws. */
export interface MetricSource {
  /** Turns that ended in the window that ends now, of all models or of one; empty figures for one that is not known. */
  figures(window: WindowName, model?: string): RequestFigures;
  /** Models that there are figures of. */
  models(): readonly string[];
  gauges(): Gauges;
}

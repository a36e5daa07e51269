import type { Need } from './pacingTypes';

/** One request between its reservation and its end. Times are `Clock.now()` readings. */
export interface Flight extends Need {
  readonly sentAt: number;
  state: 'unanswered' | 'accepted' | 'ended';
  /** When it was accepted. */
  answeredAt: number;
}

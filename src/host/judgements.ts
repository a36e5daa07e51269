import { assertNever } from '../base/assertNever';
import type { Judgement } from '../engine/statistics';
import type { Tone } from '../protocol/report';
import type { Translate } from './translate';

export const JUDGEMENT_TONES: Readonly<Record<Judgement, Tone>> = {
  better: 'good',
  worse: 'bad',
  noise: 'plain',
  unsure: 'doubtful',
};

export function judgementText(judgement: Judgement, t: Translate): string {
  switch (judgement) {
    case 'better':
      return t('yes, better');
    case 'worse':
      return t('yes, worse');
    case 'noise':
      return t('no');
    case 'unsure':
      return t('too few requests to tell');
    default:
      return assertNever(judgement);
  }
}

/** What stands before a figure without its sign. */
export function signOf(value: number): string {
  if (value === 0) return '±';
  return value > 0 ? '+' : '−';
}

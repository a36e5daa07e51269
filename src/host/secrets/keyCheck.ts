import { EngineError } from '../../engine/errors';
import type { Translate } from '../translate';

/**
 * What trying a key has shown.
 * - `good` it is taken, or the server has nothing to try it with
 * - `refused` it will not work; `unchecked` that could not be found out: it may be saved all the same
 */
export type KeyVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unchecked'; readonly message: string };

export function verdictOf(error: unknown, endpointId: string, t: Translate): KeyVerdict {
  if (error instanceof EngineError && error.kind === 'authentication') {
    return {
      kind: 'refused',
      message: t('{0} refused this key. Check it and try again.', endpointId),
    };
  }
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: 'unchecked',
    message: t('The key could not be checked: {0} Press Enter again to save it unchecked.', why),
  };
}

/** Why this can't be a key, before anything is sent; `undefined` when it may be one. */
export function keyProblem(text: string, t: Translate): string | undefined {
  const key = text.trim();
  if (key === '') return t('Enter the key.');
  // A key goes into a header: nothing but visible ASCII is possible there.
  if (!/^[\x21-\x7E]+$/u.test(key)) return t('A key has no spaces and no special characters.');
  return undefined;
}

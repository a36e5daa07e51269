import type { Translate } from '../translate';

/** What each setting under `pulse.context.` may be; package.json says the same. */
export const CONTEXT_SETTINGS = {
  maxFileKB: { min: 1, max: 10_000, default: 256, whole: true },
  maxTotalKB: { min: 1, max: 20_000, default: 2_000, whole: true },
  maxFolderFiles: { min: 1, max: 2_000, default: 200, whole: true },
  warnTokens: { min: 0, max: 10_000_000, default: 0, whole: true },
  warnCostUSD: { min: 0, max: 1_000, default: 0, whole: false },
} as const;
type Name = keyof typeof CONTEXT_SETTINGS;

/**
 * - `maxFileKB` largest text of one file, page or output, in KB of 1,000 bytes; `maxTotalKB` of all text that goes with a question
 * - `maxFolderFiles` files of one folder that are read
 * - `warnTokens`, `warnCostUSD` from where the gauge warns; 0: never
 */
export type ContextSettings = Readonly<Record<Name, number>>;

/** Reads and checks each by itself; a bad one has its default and is told in `problems`. `read` takes names without `pulse.`. */
export function readContextSettings(
  read: (key: string) => unknown,
  t: Translate,
): { readonly settings: ContextSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const one = (name: Name): number => {
    const { min, max, default: fallback, whole } = CONTEXT_SETTINGS[name];
    const value = read(`context.${name}`) ?? fallback;
    const isNumber = typeof value === 'number' && value >= min && value <= max;
    if (isNumber && (!whole || Number.isInteger(value))) return value;
    const expected = whole
      ? t('a whole number from {0} to {1}', min, max)
      : t('a number from {0} to {1}', min, max);
    const got = (JSON.stringify(value) ?? '').slice(0, 60);
    problems.push(
      t(
        '{0}: expected {1}, got {2}; the default {3} is used',
        `pulse.context.${name}`,
        expected,
        got,
        fallback,
      ),
    );
    return fallback;
  };
  const settings: ContextSettings = {
    maxFileKB: one('maxFileKB'),
    maxTotalKB: one('maxTotalKB'),
    maxFolderFiles: one('maxFolderFiles'),
    warnTokens: one('warnTokens'),
    warnCostUSD: one('warnCostUSD'),
  };
  return { settings, problems };
}

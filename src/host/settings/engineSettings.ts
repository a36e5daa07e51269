import { DEFAULT_SETTINGS, parseSettings, SettingsError } from '../../engine/settings';
import type { EngineSettings } from '../../engine/settings';
import type { Translate } from '../translate';
import { expectationOf } from './expectation';

/** A longer value is cut where it is repeated to the user. UTF-16 units. */
const MAX_SHOWN_VALUE = 60;

/** Names of the engine's settings, "retry.factor" and so on: under `pulse.` the same in the editor. */
export function engineSettingKeys(): string[] {
  return Object.entries(DEFAULT_SETTINGS).flatMap(([group, value]) =>
    isGroup(group, value) ? Object.keys(value).map((name) => `${group}.${name}`) : [group],
  );
}

export function defaultOf(key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), {
      ...DEFAULT_SETTINGS,
    });
}

/** A setting that was refused; its default is in use. */
export interface SettingProblem {
  /** Without `pulse.`. */
  readonly key: string;
  /** As VS Code has it. */
  readonly value: unknown;
  /** The schema's words, "expected <=3, got 9". */
  readonly detail: string;
}

/** Reads and checks each setting by itself, so that a bad one leaves the others as they are. */
export function readEngineSettings(read: (key: string) => unknown): {
  readonly settings: EngineSettings;
  readonly problems: readonly SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const accepted: Record<string, unknown> = {};
  for (const key of engineSettingKeys()) {
    const value = read(key);
    if (value === undefined) continue;
    const detail = problemOf(key, value);
    if (detail === undefined) accepted[key] = value;
    else problems.push({ key, value, detail });
  }
  return { settings: parseSettings(accepted), problems };
}

/** "pulse.retry.factor: expected a number from 1.5 to 3, got 9; the default 2 is used". */
export function problemText({ key, value, detail }: SettingProblem, t: Translate): string {
  const name = `pulse.${key}`;
  const fallback = JSON.stringify(defaultOf(key));
  const expected = expectedText(key, t);
  if (expected === undefined) return t('{0}: {1}; the default {2} is used', name, detail, fallback);
  const json = JSON.stringify(value) ?? String(value);
  const got = json.length > MAX_SHOWN_VALUE ? `${json.slice(0, MAX_SHOWN_VALUE)}…` : json;
  return t('{0}: expected {1}, got {2}; the default {3} is used', name, expected, got, fallback);
}

function expectedText(key: string, t: Translate): string | undefined {
  const expectation = expectationOf(key);
  switch (expectation?.kind) {
    case 'number':
      return expectation.whole
        ? t('a whole number from {0} to {1}', expectation.min, expectation.max)
        : t('a number from {0} to {1}', expectation.min, expectation.max);
    case 'choice':
      return t('one of {0}', expectation.options.join(', '));
    case 'boolean':
      return t('true or false');
    case undefined:
      return undefined;
  }
}

function problemOf(key: string, value: unknown): string | undefined {
  try {
    parseSettings({ [key]: value });
    return undefined;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((line) => line.replace(`${key}: `, '')).join('; ');
  }
}

/** `prices` is a table of the user's own, everything else that is an object is a group of settings. */
function isGroup(name: string, value: unknown): value is Record<string, unknown> {
  return name !== 'prices' && isRecord(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

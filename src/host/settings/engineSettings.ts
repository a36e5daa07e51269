import { DEFAULT_SETTINGS, parseSettings, SettingsError } from '../../engine/settings';
import type { EngineSettings } from '../../engine/settings';

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
  /** "expected <=3, got 9". */
  readonly problem: string;
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
    const problem = problemOf(key, value);
    if (problem === undefined) accepted[key] = value;
    else problems.push({ key, problem });
  }
  return { settings: parseSettings(accepted), problems };
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

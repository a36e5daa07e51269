import type { Random } from '../random';
import { SpecError } from '../specText';
import type { Fault } from './fault';
import { parseFaults } from './faultSpec';

interface Chance {
  /** 0-1 */
  readonly rate: number;
  readonly faults: readonly Fault[];
}

/** A part of a script. */
export interface ScriptPhase {
  /** As it was written. */
  readonly text: string;
  /** Infinity for a last phase that does not end. */
  readonly durationMs: number;
  /** One of them at most happens to a request; their rates add up to 1 at most. Empty: all is well. */
  readonly chances: readonly Chance[];
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
};
const LONGEST_MS = 7 * 24 * 3_600_000;
const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|min|m|h)$/i;
const FOR = /^(.*\S)\s+for\s+([^\s"]+(?: (?:ms|s|min|m|h))?)$/is;
const RATE_FIRST = /^(\d+(?:\.\d+)?) ?%\s+(?:of\s+)?(.+)$/s;
const RATE_LAST = /^(.+?)\s+at\s+(\d+(?:\.\d+)?) ?%$/s;

export const SCRIPT_HELP = `PHASE; PHASE; ...   each: FAULT [+ FAULT ...] for DURATION, or: ok for DURATION
FAULT is as above, with a rate before it where not every request meets it: 20% reset after=5
DURATION is a number with ms, s, m or h; the last phase may go on without one`;

/**
 * Reads a script: "ok for 10s; overload scope=all for 30s; 20% reset + 10% error after=5 for 1m; ok".
 * @throws SpecError
 */
export function parseScript(text: string): ScriptPhase[] {
  const parts = splitOutsideQuotes(text, ';').filter((part) => part !== '');
  if (parts.length === 0) throw new SpecError('script: expected phases such as "overload for 30s"');
  return parts.map((part, index) => parsePhase(part, index === parts.length - 1));
}

/** The faults of the phase that a request meets. */
export function drawFaults({ chances }: ScriptPhase, random: Random): readonly Fault[] {
  if (chances.length === 0) return [];
  let drawn = random.next();
  for (const { rate, faults } of chances) {
    if (drawn < rate) return faults;
    drawn -= rate;
  }
  return [];
}

function parsePhase(text: string, isLast: boolean): ScriptPhase {
  const phase = text.replace(/^then\s+/i, '');
  const match = FOR.exec(phase);
  const what = match?.[1] ?? phase;
  const duration = match?.[2];
  if (duration === undefined && !isLast) {
    throw new SpecError(`script: expected "for DURATION" at the end of "${text}"`);
  }
  return {
    text: phase,
    durationMs: duration === undefined ? Infinity : durationFrom(duration, text),
    chances: what.toLowerCase() === 'ok' ? [] : parseChances(what, text),
  };
}

function durationFrom(text: string, phase: string): number {
  const [, amount = '', unit = ''] = DURATION.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
  if (amount !== '' && ms <= LONGEST_MS) return ms;
  throw new SpecError(
    `script: expected a duration such as 30s, 500ms or 2m in "${phase}", got "${text}"`,
  );
}

function parseChances(what: string, phase: string): Chance[] {
  const chances = splitOutsideQuotes(what, '+').map((part) => parseChance(part, phase));
  const sum = chances.reduce((total, { rate }) => total + rate, 0);
  if (sum > 1 + 1e-9) {
    throw new SpecError(`script: the rates of "${phase}" add up to more than 100%`);
  }
  return chances;
}

function parseChance(text: string, phase: string): Chance {
  const first = RATE_FIRST.exec(text);
  const last = first ? null : RATE_LAST.exec(text);
  const spec = first?.[2] ?? last?.[1] ?? text;
  const percent = Number(first?.[1] ?? last?.[2] ?? 100);
  if (percent > 100) throw new SpecError(`script: expected 0% to 100% in "${phase}"`);
  if (/^\d/.test(spec)) {
    throw new SpecError(`script: expected "[RATE%] FAULT for DURATION" or "ok", got "${phase}"`);
  }
  const faults = parseFaults(spec);
  if (faults.length === 0) throw new SpecError(`script: expected a fault or "ok" in "${phase}"`);
  return { rate: percent / 100, faults };
}

/** The parts between `separator`s that stand outside double quotes, trimmed. `+` counts only between spaces. */
function splitOutsideQuotes(text: string, separator: ';' | '+'): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"' && text.charAt(index - 1) !== '\\') quoted = !quoted;
    const alone = separator === ';' || /^\s\+\s$/.test(text.slice(index - 1, index + 2));
    if (character === separator && !quoted && alone) {
      parts.push(part.trim());
      part = '';
    } else {
      part += character;
    }
  }
  parts.push(part.trim());
  return parts;
}

import { errorTypeOf } from '../apiProblem';
import { isRecord } from '../json';
import { parseSpecText, SpecError, SpecReader } from '../specText';
import type { SpecEntry } from '../specText';
import type { Fault, FaultAction, StatusFault, StopFault } from './fault';
import { STATUS_PRESETS } from './statusPresets';
import type { StatusPreset } from './statusPresets';

/** A stall that says nothing else ends after ten minutes: longer than any client's patience. */
const STALL_SECONDS = 600;
const LONGEST_STALL_SECONDS = 86_400;
const USUAL_AFTER = 10;

type Build = (reader: SpecReader) => FaultAction;

interface Kind {
  readonly summary: string;
  readonly build: Build;
  /** Times in a row unless the spec says otherwise. */
  readonly times?: number;
}

function after(reader: SpecReader, fallback = USUAL_AFTER): number {
  return reader.whole('after', fallback);
}

function stopKind(
  reason: StopFault['reason'],
  tokens: number,
  summary: string,
  times?: number,
): Kind {
  const build: Build = (reader) => ({ kind: 'stop', reason, after: after(reader, tokens) });
  return times === undefined ? { summary, build } : { summary, build, times };
}

const KINDS: Readonly<Record<string, Kind>> = {
  stall: {
    summary:
      'nothing moves: at=headers (before them), at=first (before the first event), at=stream after=10; pings=no|yes seconds=600 (or ms=)',
    build: (reader) => ({
      kind: 'stall',
      at: reader.choice('at', ['headers', 'first', 'stream'], 'stream'),
      after: after(reader),
      pings: reader.flag('pings', false),
      ms: reader.whole(
        'ms',
        reader.whole('seconds', STALL_SECONDS, 0, LONGEST_STALL_SECONDS) * 1_000,
        0,
        LONGEST_STALL_SECONDS * 1_000,
      ),
    }),
  },
  reset: {
    summary: 'TCP reset: at=stream after=10, or at=headers',
    build: (reader) => ({
      kind: 'reset',
      at: reader.choice('at', ['headers', 'stream'], 'stream'),
      after: after(reader),
    }),
  },
  cut: {
    summary: 'the response ends in the middle of an event: after=10',
    build: (reader) => ({ kind: 'cut', after: after(reader) }),
  },
  truncate: {
    summary: 'the response ends without message_stop: after=10',
    build: (reader) => ({ kind: 'truncate', after: after(reader) }),
  },
  error: {
    summary: 'an error event in the stream: after=10 type=overloaded_error message=Overloaded',
    build: (reader) => ({
      kind: 'error',
      after: after(reader),
      type: reader.text('type', 'overloaded_error'),
      message: reader.text('message', 'Overloaded'),
    }),
  },
  drip: {
    summary: 'the rest comes in drops: after=0 bytes=8 ms=40',
    build: (reader) => ({
      kind: 'drip',
      after: after(reader, 0),
      bytes: reader.whole('bytes', 8, 1, 65_536),
      ms: reader.whole('ms', 40, 0, 60_000),
    }),
  },
  pause_turn: stopKind(
    'pause_turn',
    40,
    'stops with pause_turn, and goes on when asked to: after=40',
    1,
  ),
  refusal: stopKind('refusal', 12, 'stops with refusal: after=12'),
  max_tokens: stopKind('max_tokens', 60, 'stops with max_tokens: after=60'),
  context_window: stopKind(
    'model_context_window_exceeded',
    60,
    'stops with model_context_window_exceeded: after=60',
  ),
  status: {
    summary:
      'any status: code=418 type=api_error message="..." body="..." header.NAME=VALUE retry-after=N',
    build: (reader) => {
      const status = reader.whole('code', 500, 200, 599);
      const preset = { status, type: errorTypeOf(status), message: 'Simulated error', summary: '' };
      return statusFault(reader, preset);
    },
  },
};

function headersOf(reader: SpecReader, preset: StatusPreset): [string, string][] {
  const headers = new Map<string, string>(preset.headers);
  if (reader.has('retry-after')) {
    headers.set('retry-after', String(reader.whole('retry-after', 0)));
  }
  const given = reader.raw('headers');
  if (given !== undefined && !isRecord(given)) throw new SpecError('headers: expected an object');
  const all = [...reader.prefixed('header.'), ...Object.entries(given ?? {})];
  for (const [name, value] of all) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (!/^[\w-]+$/.test(name) || /[\r\n]/.test(text)) {
      throw new SpecError(`header ${JSON.stringify(name)}: expected a header name and one line`);
    }
    headers.set(name.toLowerCase(), text);
  }
  return [...headers];
}

function statusFault(reader: SpecReader, preset: StatusPreset): StatusFault {
  const body = reader.raw('body') ?? preset.body;
  return {
    kind: 'status',
    status: preset.status,
    type: reader.text('type', preset.type),
    message: reader.text('message', preset.message),
    details: preset.details,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    headers: headersOf(reader, preset),
  };
}

function kindOf(name: string): Kind {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind) return kind;
  const preset = Object.hasOwn(STATUS_PRESETS, name) ? STATUS_PRESETS[name] : undefined;
  if (preset) {
    return { summary: preset.summary, build: (reader) => statusFault(reader, preset) };
  }
  const known = [...Object.keys(STATUS_PRESETS), ...Object.keys(KINDS)].join(', ');
  throw new SpecError(`unknown fault "${name}"; expected one of ${known}`);
}

/**
 * Reads faults: "overload times=2; stall after=20 pings", or the same as JSON.
 * @throws SpecError
 */
export function parseFaults(text: string): Fault[] {
  const faults: Fault[] = [];
  for (const entry of parseSpecText(text)) {
    const kind = kindOf(entry.name);
    const reader = new SpecReader(entry);
    const times = reader.whole('times', kind.times ?? Infinity, 1);
    const scope = reader.choice('scope', ['messages', 'all'], 'messages');
    const action = kind.build(reader);
    reader.finish();
    faults.push({ ...action, times, scope, text: specText(entry) });
  }
  return faults;
}

/** The entry as it is written in a question. */
function specText({ name, params }: SpecEntry): string {
  const pairs = Object.entries(params).map(([key, value]) =>
    typeof value === 'string' ? `${key}=${value}` : `${key}=${JSON.stringify(value)}`,
  );
  return [name, ...pairs].join(' ');
}

/** Name and meaning of every fault, for the help. */
export function faultHelp(): readonly (readonly [string, string])[] {
  const presets = Object.entries(STATUS_PRESETS).map(
    ([name, { summary }]) => [name, summary] as const,
  );
  const kinds = Object.entries(KINDS).map(([name, { summary }]) => [name, summary] as const);
  return [...presets, ...kinds];
}

/** What a page's main thread did, of a trace by Chromium. Times are ms since the mark `bench`. */
export interface MainThreadTask {
  readonly at: number;
  readonly wallMs: number;
  /** By the thread's own clock: what other programs take from it does not count. */
  readonly cpuMs: number;
  /** CPU time by what it went to; the rest is the browser's own. */
  readonly parts: Readonly<Record<WorkKind, number>>;
  /** Whether something was painted in it. */
  readonly isFrame: boolean;
}

export type WorkKind = 'script' | 'style' | 'layout' | 'paint' | 'garbage' | 'other';

export interface MainThreadTrace {
  /** Process of the page. */
  readonly pid: number;
  readonly tasks: readonly MainThreadTask[];
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, as the others. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const KINDS: Readonly<Record<string, WorkKind>> = {
  FunctionCall: 'script',
  EvaluateScript: 'script',
  FireAnimationFrame: 'script',
  TimerFire: 'script',
  EventDispatch: 'script',
  RunMicrotasks: 'script',
  'v8.callFunction': 'script',
  'v8.run': 'script',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  Commit: 'paint',
  MinorGC: 'garbage',
  MajorGC: 'garbage',
  V8GCScavenger: 'garbage',
  'V8.GC_SCAVENGER': 'garbage',
  'V8.GC_MARK_COMPACTOR': 'garbage',
};

const NO_PARTS = { script: 0, style: 0, layout: 0, paint: 0, garbage: 0, other: 0 } as const;

/** @throws Error when the trace lacks the mark or its thread */
export function readMainThread(json: string): MainThreadTrace {
  const { traceEvents } = JSON.parse(json) as { readonly traceEvents: readonly TraceEvent[] };
  const mark = traceEvents.find(({ name, ph }) => name === 'bench' && (ph === 'I' || ph === 'R'));
  if (!mark) throw new Error('the trace has no mark "bench"');
  const { pid, tid, ts: start } = mark;
  const events = traceEvents
    .filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X')
    // What encloses comes before what it encloses.
    .toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  return { pid, tasks: tasksOf(events, start) };
}

function tasksOf(events: readonly TraceEvent[], start: number): MainThreadTask[] {
  const tasks: MainThreadTask[] = [];
  for (let index = 0; index < events.length;) {
    const task = events[index++];
    if (!task || task.name !== 'RunTask') continue;
    const end = task.ts + (task.dur ?? 0);
    const inside: TraceEvent[] = [];
    for (; index < events.length; index++) {
      const event = events[index];
      if (!event || event.ts >= end) break;
      inside.push(event);
    }
    tasks.push({
      at: (task.ts - start) / 1_000,
      wallMs: (task.dur ?? 0) / 1_000,
      cpuMs: (task.tdur ?? 0) / 1_000,
      parts: partsOf(task, inside),
      isFrame: inside.some(({ name }) => name === 'Paint'),
    });
  }
  return tasks;
}

/** Every event's CPU time goes to the innermost kind that it is of. */
function partsOf(task: TraceEvent, inside: readonly TraceEvent[]): Record<WorkKind, number> {
  const parts: Record<WorkKind, number> = { ...NO_PARTS };
  const open: { readonly end: number; readonly kind: WorkKind }[] = [
    { end: Infinity, kind: 'other' },
  ];
  parts.other += (task.tdur ?? 0) / 1_000;
  for (const event of inside) {
    const kind = KINDS[event.name];
    if (kind === undefined) continue;
    while (event.ts >= (open.at(-1)?.end ?? Infinity)) open.pop();
    const ms = (event.tdur ?? 0) / 1_000;
    parts[open.at(-1)?.kind ?? 'other'] -= ms;
    parts[kind] += ms;
    open.push({ end: event.ts + (event.dur ?? 0), kind });
  }
  return parts;
}

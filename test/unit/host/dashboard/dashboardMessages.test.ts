import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import type {
  MetricsHistoryRead,
  MetricsRange,
  RequestColumns,
  WordColumn,
} from '../../../../src/engine/metrics/metricsHistory';
import { DashboardMessages } from '../../../../src/host/dashboard/dashboardMessages';
import type { DashboardPorts } from '../../../../src/host/dashboard/dashboardMessages';
import { english } from '../../../../src/host/translate';
import { hostToDashboardSchema } from '../../../../src/protocol/dashboard';
import type { HostToDashboard } from '../../../../src/protocol/dashboard';
import { parseWith } from '../../../../src/protocol/parsing';
import { FakeClock, settle } from '../../../helpers/fakeClock';

const HOUR_MS = 3_600_000;
const words = (...names: string[]): WordColumn => ({
  names,
  values: Uint16Array.from(names, (_, index) => index),
});

/** Two requests, their columns parts of longer ones. */
function columns(): RequestColumns {
  const numbers = () => new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const counts = () => Uint16Array.of(1, 2);
  return {
    at: Float64Array.of(10, 20),
    endpoint: words('api', 'gateway'),
    model: words('sonnet', 'opus'),
    action: words('chat', 'fix'),
    outcome: words('ok', 'failed'),
    errorKind: { names: ['network'], values: Uint16Array.of(65_535, 0) },
    queueMs: numbers(),
    pacingMs: numbers(),
    backoffMs: numbers(),
    recoveryMs: numbers(),
    connectMs: numbers(),
    firstByteMs: numbers(),
    firstTokenMs: numbers(),
    totalMs: numbers(),
    inputTokens: numbers(),
    outputTokens: numbers(),
    cacheReadTokens: numbers(),
    cacheWriteTokens: numbers(),
    costUSD: numbers(),
    attempts: counts(),
    continuations: counts(),
    status: counts(),
    servedFrom: { names: [], values: Uint16Array.of(65_535, 65_535) },
    requestId: ['req_1', ''],
  };
}

const sample = {
  cpuShare: 0.5,
  rssMB: 100,
  heapMB: 50,
  loopDelayMs: 3,
  running: 1,
  queued: 0,
  concurrency: 4,
  headroom: undefined,
  storeMs: 2,
  networkMs: undefined,
};

function historyRead(): MetricsHistoryRead {
  return {
    requests: columns(),
    isCut: false,
    samples: [
      { ...sample, at: 30 },
      { ...sample, at: 20 },
    ],
    events: [{ uid: 'u', at: 5, kind: 'accepted', model: undefined, label: '' }],
    hours: [
      {
        at: 1,
        endpointId: 'api',
        model: 'sonnet',
        action: 'chat',
        ok: 2,
        failed: 1,
        stopped: 0,
        usage: { inputTokens: 7, outputTokens: 8, cacheReadTokens: 9, cacheWriteTokens: 10 },
        costUSD: 0.5,
        unpriced: 0,
        firstTokenP50: 100,
        firstTokenP95: undefined,
        firstTokenP99: undefined,
        totalP50: 1,
        totalP95: 2,
      },
    ],
  };
}

let clock: FakeClock;
let posted: HostToDashboard[];
let asked: (MetricsRange & { readonly most: number })[];
let warnings: string[];
let chats: number;
let answer: () => Promise<MetricsHistoryRead>;
let messages: DashboardMessages;

beforeEach(() => {
  clock = new FakeClock();
  posted = [];
  asked = [];
  warnings = [];
  chats = 0;
  answer = () => Promise.resolve(historyRead());
  const ports: DashboardPorts = {
    post: (message) => void posted.push(message),
    read: (range, most) => {
      asked.push({ ...range, most });
      return answer();
    },
    openChat: () => Promise.resolve(void chats++),
    objective: () => 0.995,
    warn: (message) => void warnings.push(message),
    translate: english,
    clock,
  };
  messages = new DashboardMessages(ports, true);
});

afterEach(() => {
  messages.dispose();
  expect(clock.pending).toBe(0);
});

const ask = (number: number, more: object = {}) => ({
  type: 'read',
  ask: number,
  range: 'day',
  isCompared: false,
  ...more,
});

describe('a question of the dashboard', () => {
  it('is answered with columns that the page takes', async () => {
    await messages.take(ask(1));
    const [message] = posted;
    if (message?.type !== 'data') throw new Error('expected data');
    const { read } = message;
    expect(parseWith(hostToDashboardSchema, message).ok).toBe(true);
    expect([...read.span.requests.totalMs]).toEqual([2, 3]);
    // What a view shows a part of would be sent whole.
    expect(read.span.requests.totalMs.buffer.byteLength).toBe(8);
    expect(read.span.requests.requestIds).toBe('req_1\n');
    expect([...read.span.samples.at]).toEqual([20, 30]);
    expect(read.span.samples.headroom[0]).toBeNaN();
    expect(read.span.hours.model.names).toEqual(['sonnet']);
    expect(read.span.hours.firstTokenP95[0]).toBeNaN();
    expect(read.span.events).toEqual([{ at: 5, kind: 'accepted', model: undefined, label: '' }]);
    expect(read.objective).toBe(0.995);
    expect(read.serviceFaults).toContain('overloaded');
    expect(read.serviceFaults).not.toContain('invalid_request');
    expect(read.errorNames['overloaded']).toBe('The service is overloaded');
    // Each is a line of a chart by its name.
    const names = Object.values(read.errorNames);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is about the time before now, at most 100,000 requests, and the period before where it is compared', async () => {
    const now = clock.wallNow();
    const most = 100_000;
    await messages.take(ask(1));
    await messages.take(ask(2, { range: 'hour', isCompared: true }));
    await messages.take(ask(3, { range: 'all', isCompared: true }));
    expect(asked).toEqual([
      { from: now - 24 * HOUR_MS, to: now, most },
      { from: now - HOUR_MS, to: now, most },
      { from: now - 2 * HOUR_MS, to: now - HOUR_MS, most },
      { from: 0, to: now, most },
    ]);
  });

  it('is passed over when another one came while one was being read for', async () => {
    const gate = new Deferred<MetricsHistoryRead>();
    answer = () => gate.promise;
    const first = messages.take(ask(1));
    await messages.take(ask(2));
    await messages.take(ask(3));
    gate.resolve(historyRead());
    await first;
    expect(posted.map((message) => message.type === 'data' && message.ask)).toEqual([1, 3]);
  });

  it('is told to have failed, with the reason, and can be asked again', async () => {
    answer = () => Promise.reject(new Error('disk is full'));
    await messages.take(ask(1));
    expect(posted).toEqual([{ type: 'failed', ask: 1, problem: 'disk is full' }]);
    expect(warnings).toHaveLength(1);
    answer = () => Promise.resolve(historyRead());
    await messages.take(ask(2));
    expect(posted.at(-1)?.type).toBe('data');
  });

  it('does not wait for ever', async () => {
    answer = () => new Promise(() => undefined);
    const taken = messages.take(ask(1));
    await clock.advance(30_000);
    await taken;
    expect(posted).toMatchObject([{ type: 'failed', ask: 1 }]);
  });
});

describe('something new', () => {
  const told = (): number => posted.filter(({ type }) => type === 'changed').length;

  it('is told at once, then at most every 5 s', async () => {
    messages.changed();
    expect(told()).toBe(1);
    messages.changed();
    messages.changed();
    await clock.advance(4_999);
    expect(told()).toBe(1);
    await clock.advance(1);
    expect(told()).toBe(2);
    await clock.advance(60_000);
    expect(told()).toBe(2);
  });

  it('is told when the tab is seen again', async () => {
    messages.setVisible(false);
    messages.changed();
    await clock.advance(60_000);
    expect(told()).toBe(0);
    messages.setVisible(true);
    expect(told()).toBe(1);
  });

  it('needs no telling when it was read anyway', async () => {
    messages.setVisible(false);
    messages.changed();
    await messages.take(ask(1));
    messages.setVisible(true);
    await clock.advance(10_000);
    expect(told()).toBe(0);
  });
});

describe('the rest of what the page says', () => {
  it('opens the chat, or goes to the log', async () => {
    await messages.take({ type: 'openChat' });
    expect(chats).toBe(1);
    await messages.take({ type: 'fault', message: 'x is undefined' });
    await messages.take({ type: 'read', ask: 1, range: 'century', isCompared: false });
    await settle();
    expect(warnings).toHaveLength(2);
    expect(posted).toEqual([]);
  });
});

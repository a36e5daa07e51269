import { beforeEach, describe, expect, it } from 'vitest';
import { sqlite, useMetricWindows } from '../../helpers/metricWindows';
import {
  batch,
  KEEP,
  bareRequest,
  metricEvent,
  systemSample,
  wholeRequest,
} from '../../helpers/storedMetrics';

const bench = useMetricWindows();
const ALL = { from: 0, to: Infinity };

/** A whole hour. */
let now: number;
beforeEach(() => {
  now = bench.clock.wallNow();
});

describe('what is read', () => {
  it('is the newest of the range, by column and oldest first', async () => {
    const window = bench.openWindow('a');
    const requests = [
      bareRequest('r1', now + 1, { model: 'm1', costUSD: 0.5 }),
      wholeRequest('r3', now + 3),
      bareRequest('r2', now + 2, { model: 'm2', attempts: 70_000 }),
      bareRequest('r9', now + 9),
    ];
    await window.exchangeMetrics(batch({ requests }), KEEP);
    const range = { from: now + 1, to: now + 9 };
    const { requests: read, isCut } = await window.readMetrics(range, 2);
    expect(isCut).toBe(true);
    expect([...read.at]).toEqual([now + 2, now + 3]);
    const word = ({ names, values }: typeof read.model): (string | undefined)[] =>
      [...values].map((value) => names[value]);
    expect(word(read.model)).toEqual(['m2', 'claude-test']);
    expect(word(read.endpoint)).toEqual(['api.example.com', 'api.example.com']);
    expect(word(read.action)).toEqual(['chat', 'inline']);
    expect(word(read.outcome)).toEqual(['ok', 'failed']);
    expect(word(read.errorKind)).toEqual([undefined, 'overloaded']);
    expect(word(read.servedFrom)).toEqual([undefined, 'shared']);
    expect([...read.servedFrom.values]).toEqual([65_535, 0]);
    expect(read.requestId).toEqual(['', 'req_1']);
    expect([...read.status]).toEqual([0, 529]);
    expect([...read.attempts]).toEqual([65_535, 3]);
    expect([...read.continuations]).toEqual([0, 2]);
    const none = Number.NaN;
    expect({
      queueMs: [...read.queueMs],
      pacingMs: [...read.pacingMs],
      backoffMs: [...read.backoffMs],
      recoveryMs: [...read.recoveryMs],
      connectMs: [...read.connectMs],
      firstByteMs: [...read.firstByteMs],
      firstTokenMs: [...read.firstTokenMs],
      totalMs: [...read.totalMs],
      inputTokens: [...read.inputTokens],
      outputTokens: [...read.outputTokens],
      cacheReadTokens: [...read.cacheReadTokens],
      cacheWriteTokens: [...read.cacheWriteTokens],
      costUSD: [...read.costUSD],
    }).toEqual({
      queueMs: [0, 1.5],
      pacingMs: [none, 2.5],
      backoffMs: [0, 3.5],
      recoveryMs: [none, 4.5],
      connectMs: [none, 0],
      firstByteMs: [none, 5.5],
      firstTokenMs: [none, 6.5],
      totalMs: [1_000, 7.5],
      inputTokens: [0, 11],
      outputTokens: [0, 12],
      cacheReadTokens: [0, 13],
      cacheWriteTokens: [0, 14],
      costUSD: [none, 0.25],
    });
    const whole = await window.readMetrics(range, 3);
    expect(whole.isCut).toBe(false);
    expect([...whole.requests.at]).toEqual([now + 1, now + 2, now + 3]);
  });

  it('is the same on a Node that gives rows as objects only', async () => {
    const window = bench.openWindow('a');
    await window.exchangeMetrics(batch({ requests: [wholeRequest('r', now)] }), KEEP);
    const usual = await window.readMetrics(ALL, 1);
    const { prototype } = sqlite.StatementSync;
    const method = Object.getOwnPropertyDescriptor(prototype, 'setReturnArrays');
    Reflect.deleteProperty(prototype, 'setReturnArrays');
    try {
      expect(await bench.openWindow('b').readMetrics(ALL, 1)).toEqual(usual);
    } finally {
      if (method) Object.defineProperty(prototype, 'setReturnArrays', method);
    }
  });

  it('is empty where there is nothing', async () => {
    const { requests, ...rest } = await bench.openWindow('a').readMetrics(ALL, 10);
    expect(requests.at).toHaveLength(0);
    expect(requests.model.names).toEqual([]);
    expect(rest).toEqual({ isCut: false, samples: [], events: [], hours: [] });
  });

  it('has the samples and events of the range', async () => {
    const window = bench.openWindow('a');
    const at = [1, 2, 3].map((ms) => now + ms);
    const samples = at.map((each) => systemSample(each));
    const events = at.map((each) => metricEvent(`e${each}`, each));
    await window.exchangeMetrics(batch({ samples, events }), KEEP);
    const read = await window.readMetrics({ from: now + 2, to: now + 3 }, 0);
    expect(read).toMatchObject({ samples: [samples[1]], events: [events[1]] });
  });

  it('puts samples together where there are more than can be shown', async () => {
    const window = bench.openWindow('a');
    const samples = Array.from({ length: 10_000 }, (_, n) =>
      systemSample(now + n, {
        cpuShare: n % 2,
        rssMB: n,
        headroom: n % 2 === 0 ? undefined : 0.5,
      }),
    );
    await window.exchangeMetrics(batch({ samples }), KEEP);
    const read = (await window.readMetrics(ALL, 0)).samples;
    expect(read).toHaveLength(5_000);
    expect(read[0]).toEqual(systemSample(now + 1, { cpuShare: 0.5, rssMB: 1, headroom: 0.5 }));
    expect(read.at(-1)).toMatchObject({ at: now + 9_999, cpuShare: 0.5, rssMB: 9_999 });
  });
});

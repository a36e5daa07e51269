import { describe, expect, it } from 'vitest';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import type { MetricsSnapshot } from '../../../../src/engine/metrics/snapshot';
import { parseSettings } from '../../../../src/engine/settings';
import { treeText } from '../../../../src/host/metricsView/metricNode';
import type { MetricNode } from '../../../../src/host/metricsView/metricNode';
import { metricsTree } from '../../../../src/host/metricsView/metricsTree';
import { MetricTree } from '../../../../src/host/metricsView/treeDiff';
import { english } from '../../../../src/host/translate';
import {
  breakerHealth,
  endpointHealth,
  engineHealth,
  limitHealth,
  openBreaker,
} from '../../../helpers/engineHealth';
import { FakeClock } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn } from '../../../helpers/requestRecord';

const NOW = Date.UTC(2026, 0, 1);

const CONTEXT = {
  endpoint: 'api.example',
  key: 'set',
  connections: { open: 2, busy: 1, elsewhere: false },
  health: engineHealth({
    endpoints: [
      endpointHealth({ probe: { ok: true, tookMs: 45, at: NOW - 12_000 } }),
      endpointHealth({ endpointId: 'api.example/probe', ejectedForMs: 12_000 }),
    ],
    breakers: [openBreaker(), breakerHealth({ family: 'opus-5', failures: 2 })],
    limits: [limitHealth(), limitHealth({ limit: 'requests', perMinute: 50, remaining: 49 })],
  }),
  settings: parseSettings({ retry: { factor: 3 }, fallback: { models: ['claude-haiku'] } }),
  day: undefined,
  reliability: undefined,
  system: undefined,
  alerts: undefined,
  withoutEffect: { model: 'claude-sonnet-5-5', settings: ['temperature'] },
};

function recorder(): MetricsRecorder {
  return new MetricsRecorder(new FakeClock(), { running: 1, queued: 3, concurrency: 10 });
}

function tree(metrics: MetricsSnapshot): MetricNode[] {
  return metricsTree(metrics, CONTEXT, english, NOW);
}

function ids(nodes: readonly MetricNode[]): string[] {
  return nodes.flatMap((node) => [node.id, ...ids(node.children ?? [])]);
}

describe('metricsTree', () => {
  it('tells how reliable the service was, and what the process took', () => {
    const metrics = recorder();
    metrics.turnEnded(finishedTurn());
    metrics.turnEnded(failedTurn('overloaded'));
    const context = {
      ...CONTEXT,
      day: metrics.window('day'),
      reliability: { incidents: 1, mtbfMs: 7_200_000, mttrMs: 90_000 },
      system: {
        at: NOW,
        cpuShare: 0.25,
        rssMB: 200,
        heapMB: 50,
        loopDelayMs: 7,
        running: 1,
        queued: 0,
        concurrency: 4,
        headroom: 0.5,
        storeMs: 12,
        networkMs: 80,
      },
      alerts: { active: [], budgets: [], isWatching: true },
    };
    const text = treeText(metricsTree(metrics.snapshot(), context, english, NOW));
    for (const line of [
      'Alerts  none',
      'Availability, 24 hours  50 %',
      'Time between failures  2 h',
      'Time to recovery  1 min',
      'Turns in the last 24 hours  2',
      'System  25 %',
      'Processor, of one core  25 %',
      'Memory  200.0 MB, of it 50.0 MB heap',
      'Delay of the event loop, P99  7 ms',
      'Quickest new connection  80 ms',
      'Slowest call of the history on disk  12 ms',
      'Last probe of api.example  45 ms',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('shows every figure', async () => {
    const metrics = recorder();
    metrics.turnEnded(finishedTurn());
    metrics.turnEnded(finishedTurn({ model: 'model-b', costUSD: undefined }));
    metrics.turnEnded(finishedTurn({ outcome: 'stopped', requestId: undefined }));
    metrics.turnEnded(failedTurn('overloaded', 'req_2'));
    metrics.backoffStarted();
    await expect(treeText(tree(metrics.snapshot()))).toMatchFileSnapshot(
      '../../../golden/metricsTree.txt',
    );
    metrics.dispose();
  });

  it('gives every line an id of its own', () => {
    const metrics = recorder();
    for (let i = 0; i < 3; i++) metrics.turnEnded(finishedTurn({ model: `model-${i}` }));
    metrics.turnEnded(failedTurn('network'));
    const all = ids(tree(metrics.snapshot()));
    expect(new Set(all).size).toBe(all.length);
    metrics.dispose();
  });

  it('shows the phases of a request in its tooltip, names from outside as plain text', () => {
    const metrics = recorder();
    metrics.turnEnded(finishedTurn({ model: '[x](command:evil) | `y`' }));
    const recent = tree(metrics.snapshot()).find(({ id }) => id === 'recent');
    const tooltip = recent?.children?.[0]?.tooltip ?? '';
    expect(tooltip).toContain('| First byte | 300 ms |');
    expect(tooltip).toContain('| First token | 400 ms |');
    expect(tooltip).toContain(String.raw`\[x\]\(command:evil\) \| \`y\``);
    metrics.dispose();
  });
});

describe('MetricTree', () => {
  it('keeps its elements and tells only what differs', () => {
    const metrics = recorder();
    metrics.turnEnded(finishedTurn());
    const shown = new MetricTree();
    expect(shown.update(tree(metrics.snapshot())).roots).toBe(true);
    const before = shown.roots;

    expect(shown.update(tree(metrics.snapshot()))).toEqual({ elements: [], roots: false });

    metrics.turnEnded(finishedTurn({ requestId: 'req_2' }));
    const { elements, roots } = shown.update(tree(metrics.snapshot()));
    expect(roots).toBe(false);
    expect(shown.roots).toEqual(before);
    const changed = elements.map(({ node }) => node.id);
    // The list of requests has another line; of the figures only those that moved.
    expect(changed).toContain('recent');
    expect(changed).toContain('reliability.ok');
    expect(changed).not.toContain('reliability.failed');
    expect(changed).not.toContain('latency');
    metrics.dispose();
  });

  it('shows the same as a fresh tree after any changes', () => {
    const metrics = recorder();
    const shown = new MetricTree();
    for (let i = 0; i < 30; i++) {
      metrics.turnEnded(i % 4 === 0 ? failedTurn('overloaded') : finishedTurn({ costUSD: i }));
      shown.update(tree(metrics.snapshot()));
    }
    const nodesOf = (elements: MetricTree['roots']): unknown[] =>
      elements.map(({ node, children }) => ({ ...node, children: nodesOf(children) }));
    const fresh = new MetricTree();
    fresh.update(tree(metrics.snapshot()));
    expect(nodesOf(shown.roots)).toEqual(nodesOf(fresh.roots));
    metrics.dispose();
  });
});

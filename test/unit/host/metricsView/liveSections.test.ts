import { describe, expect, it } from 'vitest';
import type { EngineHealth } from '../../../../src/engine/health';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import type { FinishedTurn } from '../../../../src/engine/metrics/recorder';
import type { MetricsSnapshot } from '../../../../src/engine/metrics/snapshot';
import { DEFAULT_SETTINGS, parseSettings } from '../../../../src/engine/settings';
import type { EngineSettings } from '../../../../src/engine/settings';
import { engineSettingKeys } from '../../../../src/host/settings/engineSettings';
import { countsDown } from '../../../../src/host/metricsView/endpointCondition';
import type { MetricNode } from '../../../../src/host/metricsView/metricNode';
import { metricsTree } from '../../../../src/host/metricsView/metricsTree';
import { english } from '../../../../src/host/translate';
import {
  breakerHealth,
  endpointHealth,
  engineHealth,
  limitHealth,
  openBreaker,
} from '../../../helpers/engineHealth';
import { FakeClock } from '../../../helpers/fakeClock';
import { finishedTurn } from '../../../helpers/requestRecord';

const NOW = Date.UTC(2026, 0, 1);

interface Look {
  readonly health?: EngineHealth;
  readonly settings?: EngineSettings;
  readonly metrics?: MetricsSnapshot;
}

function metricsOf(...turns: readonly Partial<FinishedTurn>[]): MetricsSnapshot {
  const queue = { running: 2, queued: 3, concurrency: 10 };
  const recorder = new MetricsRecorder(new FakeClock(), queue);
  for (const turn of turns) recorder.turnEnded(finishedTurn(turn));
  const snapshot = recorder.snapshot();
  recorder.dispose();
  return snapshot;
}

function nodes(look: Look): ReadonlyMap<string, MetricNode> {
  const context = {
    endpoint: 'api.example',
    key: 'set',
    connections: undefined,
    health: look.health ?? engineHealth(),
    settings: look.settings ?? DEFAULT_SETTINGS,
    day: undefined,
    reliability: undefined,
    system: undefined,
    alerts: undefined,
    withoutEffect: { model: 'model-a', settings: [] },
  };
  const found = new Map<string, MetricNode>();
  const collect = (list: readonly MetricNode[]): void => {
    for (const node of list) {
      found.set(node.id, node);
      collect(node.children ?? []);
    }
  };
  collect(metricsTree(look.metrics ?? metricsOf(), context, english, NOW));
  return found;
}

function line(look: Look, id: string): string | undefined {
  return nodes(look).get(id)?.description;
}

describe('what runs and waits now', () => {
  it('tells how many may run, and the setting where that is more', () => {
    expect(line({}, 'now.running')).toBe('2 of 10');
    const health = engineHealth({ endpoints: [endpointHealth({ concurrency: 4 })] });
    expect(line({ health }, 'now.running')).toBe('2 of 4, at most 10');
    expect(nodes({ health }).get('now.running')?.tooltip).toContain('Lowered from 10');
  });

  it('tells a rate limit from a recovering endpoint', () => {
    const health = engineHealth({ limits: [limitHealth({ waiting: 1 })] });
    const metrics = { ...metricsOf(), waiting: 3, backingOff: 1 };
    expect(line({ health, metrics }, 'now')).toBe('2 running · 7 waiting');
    expect(line({ health, metrics }, 'now.waiting')).toBe('3');
    expect(nodes({ health, metrics }).get('now.waiting')?.tooltip).toContain(
      '1 for a rate limit, 2 for an endpoint or the network',
    );
  });

  it('is idle when nothing does', () => {
    const metrics = { ...metricsOf(), running: 0, queued: 0 };
    expect(line({ metrics }, 'now')).toBe('idle');
  });
});

describe('an endpoint', () => {
  const id = 'endpoint/api.example';

  it('is told in one line', () => {
    const node = nodes({}).get(id);
    expect(node).toMatchObject({
      label: 'api.example',
      description: 'ok · 0.8 s · 1 of 10',
      icon: 'pass',
      endpointId: 'api.example',
    });
  });

  it.each([
    [[openBreaker()], undefined, 'error', 'down · next try in 30 s · 0.8 s · 1 of 10'],
    [
      [openBreaker(), breakerHealth({ family: 'opus-5' })],
      undefined,
      'error',
      'partly down · next try in 30 s · 0.8 s · 1 of 10',
    ],
    [[breakerHealth({ state: 'half_open' })], undefined, 'warning', 'recovering · 0.8 s · 1 of 10'],
    [[breakerHealth()], 12_000, 'circle-slash', 'left out · 12 s · 0.8 s · 1 of 10'],
  ])('shows that it is unwell (%#)', (breakers, ejectedForMs, icon, description) => {
    const health = engineHealth({ breakers, endpoints: [endpointHealth({ ejectedForMs })] });
    expect(nodes({ health }).get(id)).toMatchObject({ icon, description });
  });

  it('shows the adaptive threshold beside the setting', () => {
    const health = engineHealth({
      breakers: [breakerHealth({ failures: 2, failureThreshold: 4, failureShare: 0.25 })],
    });
    const breaker = nodes({ health }).get(`${id}/breaker/sonnet-5`);
    expect(breaker?.description).toBe('closed · 2 of 4 failures');
    expect(breaker?.tooltip).toContain(String.raw`2 of 4 \(setting: 5\)`);
    expect(breaker?.tooltip).toContain('| Failed in the last minute | 25 % |');
  });

  it('shows its last probe with its age', () => {
    expect(line({}, `${id}/probe`)).toBe('none yet');
    const probe = { ok: true, tookMs: 45, at: NOW - 12_000 };
    const health = engineHealth({ endpoints: [endpointHealth({ probe })] });
    expect(line({ health }, `${id}/probe`)).toBe('ok, 45 ms, 12 s ago');
  });

  it('has group and weight where there are several', () => {
    expect(line({}, `${id}/group`)).toBeUndefined();
    const other = endpointHealth({ endpointId: 'other', group: 'work', weight: 2 });
    const health = engineHealth({
      endpoints: [endpointHealth(), other],
      breakers: [openBreaker()],
    });
    expect(line({ health }, 'endpoint/other/group')).toBe('work · weight 2');
    expect(line({ health }, 'endpoint')).toBe('1 of 2 ok');
  });
});

describe('rate limits', () => {
  it('say so while nothing is known', () => {
    expect(nodes({}).get('limits')).toMatchObject({ description: 'nothing known yet' });
    expect(nodes({}).get('limits')?.children).toBeUndefined();
  });

  it('tell what is left and when they are full again', () => {
    const limits = [
      limitHealth({ foreignShare: 0.2, waiting: 2 }),
      limitHealth({ limit: 'requests', perMinute: 50, remaining: 50, resetInMs: 0 }),
      limitHealth({ limit: 'output_tokens', perMinute: undefined, remaining: undefined }),
    ];
    const health = engineHealth({ limits });
    const id = 'limits/api.example/sonnet-5';
    expect(line({ health }, 'limits')).toBe('40 % left');
    expect(line({ health }, `${id}/input_tokens`)).toBe(
      '12,000 of 30,000 · full in 24 s · 20 % used by others · 2 waiting',
    );
    expect(line({ health }, `${id}/requests`)).toBe('50 of 50');
    expect(nodes({ health }).has(`${id}/output_tokens`)).toBe(false);
  });
});

describe('caches', () => {
  it('tell what kept answers saved', () => {
    const cache = { entries: 12, bytes: 48_000, hits: 3, misses: 9, shared: 2, savedUSD: 0.25 };
    const health = engineHealth({ cache });
    expect(line({ health }, 'caches')).toBe('$0.25 saved');
    expect(line({ health }, 'caches.kept')).toBe('12 · 48 KB');
    expect(line({ health }, 'caches.hits')).toBe('3 of 12 · 25 %');
  });

  it('estimate what the prompt cache saved where the price is known', () => {
    const usage = {
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 1_000_000,
      cacheWriteTokens: 0,
    };
    const metrics = metricsOf({ model: 'mine', usage }, { model: 'unknown', usage });
    const settings = parseSettings({ prices: { mine: { input: 10, output: 20 } } });
    expect(line({ metrics, settings }, 'caches.promptSaved')).toBe('$9.00');
    expect(line({ metrics }, 'caches.promptSaved')).toBeUndefined();
    expect(line({ metrics }, 'caches.promptRead')).toBe('2.0 M');
  });

  it('do not hide that writing to the prompt cache costs more', () => {
    const usage = {
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 1_000_000,
    };
    const settings = parseSettings({ prices: { mine: { input: 10, output: 20 } } });
    const metrics = metricsOf({ model: 'mine', usage });
    expect(line({ metrics, settings }, 'caches.promptSaved')).toBe('−$2.50');
  });
});

describe('settings in effect', () => {
  it('list every setting of the engine, each opening itself', () => {
    const ids = [...nodes({}).values()].flatMap(({ settingId }) => settingId ?? []);
    expect(ids.toSorted()).toEqual(
      engineSettingKeys()
        .map((key) => `pulse.${key}`)
        .toSorted(),
    );
  });

  it('mark those that differ from the default', () => {
    expect(line({}, 'settings')).toBe('all defaults');
    const settings = parseSettings({ retry: { factor: 3, patienceMs: 60_000 } });
    expect(line({ settings }, 'settings')).toBe('2 changed');
    expect(line({ settings }, 'settings/retry')).toBe('2 changed');
    expect(line({ settings }, 'settings/retry.factor')).toBe('3 (default 2)');
    expect(line({ settings }, 'settings/retry.patienceMs')).toBe('1 min (default 5 min)');
    expect(nodes({ settings }).get('settings/retry.factor')?.icon).toBe('edit');
    expect(nodes({ settings }).get('settings/retry.budget')?.icon).toBeUndefined();
  });

  it('show their effect', () => {
    const health = engineHealth({
      endpoints: [endpointHealth({ concurrency: 4 })],
      breakers: [
        breakerHealth({ failureThreshold: 3 }),
        breakerHealth({ family: 'opus-5', failureThreshold: 6 }),
      ],
      limits: [limitHealth()],
    });
    expect(line({ health }, 'settings/concurrency')).toBe('10 · now 4');
    expect(line({ health }, 'settings/adaptiveConcurrency')).toBe('on · lowered now');
    expect(line({ health }, 'settings/breaker.failureThreshold')).toBe('5 · now 3–6');
    expect(line({ health }, 'settings/breaker.recoveryMs')).toBe('1 min · now 1 min');
    expect(line({ health }, 'settings/pacing.inputTokensPerMinute')).toBe('0 · now 30,000');
  });
});

describe('a recent request', () => {
  it('tells each wait, where it was answered and what else became of it', () => {
    const { timing } = finishedTurn();
    const metrics = metricsOf({
      timing: { ...timing, pacingMs: 4_000, recoveryMs: 9_000, backoffMs: 700 },
      continuations: 2,
    });
    const tooltip = nodes({ metrics }).get('recent#1')?.tooltip ?? '';
    expect(tooltip).toContain(String.raw`| For a rate limit | 4\.0 s |`);
    expect(tooltip).toContain(String.raw`| For recovery | 9\.0 s |`);
    expect(tooltip).toContain('| Between attempts | 700 ms |');
    expect(tooltip).toContain('| Gone on with | 2 |');
    expect(tooltip).toContain(String.raw`| Endpoint | api\.example |`);
    expect(line({ metrics }, 'reliability.continuations')).toBe('2');
  });

  it('says that it was kept or shared', () => {
    const metrics = metricsOf({ servedFrom: 'disk' }, { servedFrom: 'shared' });
    expect(line({ metrics }, 'recent#1')).toBe('kept answer, 1.4 s');
    expect(line({ metrics }, 'recent#2')).toBe('shared answer, 1.4 s');
  });
});

describe('countsDown', () => {
  it('is true only while something falls with time', () => {
    expect(countsDown(engineHealth({ breakers: [breakerHealth()] }))).toBe(false);
    expect(countsDown(engineHealth({ limits: [limitHealth({ resetInMs: 0 })] }))).toBe(false);
    expect(countsDown(engineHealth({ limits: [limitHealth()] }))).toBe(true);
    expect(countsDown(engineHealth({ breakers: [openBreaker()] }))).toBe(true);
    const endpoints = [endpointHealth({ ejectedForMs: 1 })];
    expect(countsDown(engineHealth({ endpoints }))).toBe(true);
  });
});

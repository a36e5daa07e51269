import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import type { ExportSettings } from '../../../../src/host/export/exportSettings';
import { collectorOwner, MetricsExports } from '../../../../src/host/export/metricsExports';
import { Log } from '../../../../src/host/logging/log';
import { Redactor } from '../../../../src/host/logging/redactor';
import { EXPORT_GAUGES } from '../../../helpers/exportedMetrics';
import { FakeClock } from '../../../helpers/fakeClock';
import { measuredRequest } from '../../../helpers/measuredRequest';
import { OtlpReceiver } from '../../../helpers/otlpReceiver';
import { unusedPort } from '../../../helpers/unusedPort';

const OFF: ExportSettings = { port: undefined, collector: undefined, problems: [] };
let clock: FakeClock;
let receiver: OtlpReceiver;
let settings: ExportSettings;
let isTelemetryEnabled: boolean;
let lines: string[];
const made: MetricsExports[] = [];
const settingsChanged = new Emitter<void>();
const telemetryChanged = new Emitter<void>();

beforeEach(async () => {
  clock = new FakeClock();
  receiver = await OtlpReceiver.start();
  settings = OFF;
  isTelemetryEnabled = true;
  lines = [];
});
afterEach(async () => {
  for (const exports of made.splice(0)) exports.dispose();
  await receiver.close();
});

function exports(): MetricsExports {
  const write = (line: string) => void lines.push(line);
  const sink = { trace: write, debug: write, info: write, warn: write, error: write };
  const one = new MetricsExports({
    clock,
    log: new Log(sink, new Redactor()),
    version: '1.2.3',
    gauges: EXPORT_GAUGES,
    settings: () => settings,
    onSettingsChange: settingsChanged.event,
    isTelemetryEnabled: () => isTelemetryEnabled,
    onTelemetryChange: telemetryChanged.event,
    secret: async (owner, name) => `${name} of ${owner}`,
    fetch: globalThis.fetch,
    onFault: (error) => write(String(error)),
  });
  made.push(one);
  one.follow();
  return one;
}

function ended() {
  return measuredRequest({ at: clock.wallNow() });
}

function toReceiver(headers: Readonly<Record<string, string>> = {}): ExportSettings {
  return { ...OFF, collector: { endpoint: receiver.url, headers } };
}

describe('MetricsExports', () => {
  it('has neither a server nor a timer while all is off', async () => {
    const one = exports();
    one.own(ended());
    await one.close();
    expect([one.prometheus, one.otlp]).toEqual([undefined, undefined]);
    expect(clock.pending).toBe(0);
    expect(receiver.received).toEqual([]);
  });

  it('tells a scraper of turns of all windows, and follows the settings', async () => {
    const one = exports();
    const port = await unusedPort();
    settings = { ...OFF, port };
    settingsChanged.fire();
    await expect.poll(() => one.prometheus?.kind).toBe('listening');
    let scrapes = 0;
    one.onScrape(() => scrapes++);
    one.own(ended());
    one.others([ended(), measuredRequest({ at: clock.wallNow() - 1 })]);
    const text = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await text()).toMatch(/pulse_requests_total\{[^}]*\} 2\n/u);
    expect(scrapes).toBe(1);
    settings = OFF;
    settingsChanged.fire();
    await expect.poll(() => one.prometheus).toBeUndefined();
    await expect(text()).rejects.toThrow('fetch failed');
  });

  it('sends a collector the turns of this window only, with secrets in the place of their names', async () => {
    settings = toReceiver({ authorization: 'Bearer ${secret:token}' });
    const one = exports();
    await expect.poll(() => one.otlp).toBeDefined();
    one.own(ended());
    one.others([ended()]);
    await one.close();
    expect(receiver.at('/v1/traces')[0]?.text.match(/traceId/gu)).toHaveLength(1);
    const owner = collectorOwner({ endpoint: receiver.url, headers: {} });
    expect(receiver.received[0]?.headers.authorization).toBe(`Bearer token of ${owner}`);
  });

  it('sends nothing while the editor’s telemetry is off, says so once, and ends when it goes off', async () => {
    settings = toReceiver();
    isTelemetryEnabled = false;
    const one = exports();
    settingsChanged.fire();
    await expect
      .poll(() => lines)
      .toEqual(['OTLP: nothing is sent while the telemetry of VS Code is off.']);
    isTelemetryEnabled = true;
    telemetryChanged.fire();
    await expect.poll(() => one.otlp).toBeDefined();
    one.own(ended());
    isTelemetryEnabled = false;
    telemetryChanged.fire();
    await expect.poll(() => one.otlp).toBeUndefined();
    await clock.advance(120_000);
    await one.close();
    expect(receiver.received).toEqual([]);
    expect(lines).toHaveLength(2);
  });

  it('logs a collector that stays away once, and that it is back', async () => {
    settings = toReceiver();
    const one = exports();
    await expect.poll(() => one.otlp).toBeDefined();
    receiver.replies.push({ status: 401 }, { status: 401 }, { status: 401 }, { status: 401 });
    for (const told of [1, 1, 2]) {
      one.own(ended());
      await clock.advance(60_000);
      await expect.poll(() => one.otlp?.queuedSpans).toBe(0);
      await expect.poll(() => lines.length).toBe(told);
    }
    expect(lines).toEqual(['OTLP: HTTP 401', 'OTLP: the collector takes the metrics again.']);
  });
});

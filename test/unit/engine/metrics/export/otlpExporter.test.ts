import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtlpExporter } from '../../../../../src/engine/metrics/export/otlpExporter';
import type { OtlpExporterOptions } from '../../../../../src/engine/metrics/export/otlpExporter';
import { EXPORT_GAUGES } from '../../../../helpers/exportedMetrics';
import { FakeClock } from '../../../../helpers/fakeClock';
import { failedRequest, measuredRequest } from '../../../../helpers/measuredRequest';
import { metricsSchema, OtlpReceiver, tracesSchema } from '../../../../helpers/otlpReceiver';

const MINUTE = 60_000;
let receiver: OtlpReceiver;
let clock: FakeClock;
const exporters: OtlpExporter[] = [];

beforeEach(async () => {
  receiver = await OtlpReceiver.start();
  clock = new FakeClock();
});
afterEach(async () => {
  for (const exporter of exporters.splice(0)) exporter.dispose();
  expect(clock.pending).toBe(0);
  await receiver.close();
});

function exporter(changes: Partial<OtlpExporterOptions> = {}): OtlpExporter {
  let ids = 0;
  const made = new OtlpExporter({
    endpoint: `${receiver.url}/`,
    headers: () => Promise.resolve({ authorization: 'Bearer a-secret' }),
    fetch: globalThis.fetch,
    clock,
    source: { version: '1.2.3', instanceId: 'window-1' },
    gauges: EXPORT_GAUGES,
    randomHex: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'),
    random: () => 0,
    ...changes,
  });
  exporters.push(made);
  return made;
}

/** Waits for what goes over the wire. */
async function idle(one: OtlpExporter): Promise<void> {
  await expect.poll(() => one.status.queuedSpans).toBe(0);
}

function metricsIn(decoded: unknown) {
  const [first] = v.parse(metricsSchema, decoded).resourceMetrics;
  const metrics = first?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  return { resource: first?.resource, metrics };
}

function spansIn(decoded: unknown) {
  return v
    .parse(tracesSchema, decoded)
    .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function valuesOf(attributes: readonly { readonly key: string; readonly value: unknown }[]) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

describe('what a collector gets', () => {
  it('are metrics that OpenTelemetry’s own decoder reads, in its names', async () => {
    const one = exporter();
    one.add(measuredRequest());
    one.add(failedRequest('overloaded'));
    await clock.advance(MINUTE);
    await idle(one);
    const [got] = receiver.at('/v1/metrics');
    const { resource, metrics } = metricsIn(got?.decode());
    expect(valuesOf(resource?.attributes ?? [])).toEqual({
      'service.name': { stringValue: 'pulse-for-claude' },
      'service.version': { stringValue: '1.2.3' },
      'service.instance.id': { stringValue: 'window-1' },
    });
    const duration = metrics.find(({ name }) => name === 'gen_ai.client.operation.duration');
    expect(duration).toMatchObject({ unit: 's', histogram: { aggregationTemporality: 2 } });
    const [ok, failed] = duration?.histogram?.dataPoints ?? [];
    expect(ok).toMatchObject({ count: '1', sum: 1.4 });
    expect(valuesOf(ok?.attributes ?? [])).toMatchObject({
      'gen_ai.operation.name': { stringValue: 'chat' },
      'gen_ai.provider.name': { stringValue: 'anthropic' },
      'gen_ai.request.model': { stringValue: 'model-a' },
    });
    expect(valuesOf(failed?.attributes ?? [])).toMatchObject({
      'error.type': { stringValue: 'overloaded' },
    });
    const tokens = metrics.find(({ name }) => name === 'gen_ai.client.token.usage');
    const types = tokens?.histogram?.dataPoints.map(({ attributes, sum }) => [
      valuesOf(attributes)['gen_ai.token.type'],
      sum,
    ]);
    expect(types).toEqual([
      [{ stringValue: 'input' }, 15],
      [{ stringValue: 'output' }, 50],
    ]);
    const cost = metrics.find(({ name }) => name === 'pulse.cost');
    expect(cost).toMatchObject({ sum: { isMonotonic: true, dataPoints: [{ asDouble: 0.001 }] } });
    const headroom = metrics.find(({ name }) => name === 'pulse.rate_limit.headroom');
    expect(headroom).toMatchObject({ gauge: { dataPoints: [{ asDouble: 0.75 }] } });
  });

  it('is a span for each turn, with what it went through', async () => {
    const one = exporter();
    const timing = { ...measuredRequest().timing, queueMs: 100, pacingMs: 50 };
    one.add(measuredRequest({ timing }));
    one.add(failedRequest('overloaded', { status: 529 }));
    await clock.advance(MINUTE);
    await idle(one);
    const [ok, failed] = spansIn(receiver.at('/v1/traces')[0]?.decode());
    expect(ok).toMatchObject({
      name: 'chat model-a',
      kind: 3,
      startTimeUnixNano: '1767225598600000000',
      endTimeUnixNano: '1767225600000000000',
    });
    expect(ok?.traceId).toHaveLength(16);
    expect(ok?.spanId).toHaveLength(8);
    expect(valuesOf(ok?.attributes ?? [])).toMatchObject({
      'gen_ai.usage.input_tokens': { intValue: '15' },
      'pulse.cost_usd': { doubleValue: 0.001 },
      'pulse.outcome': { stringValue: 'ok' },
    });
    expect(ok?.events.map(({ name, timeUnixNano }) => [name, timeUnixNano])).toEqual([
      ['pulse.queue', '1767225598700000000'],
      ['pulse.pacing', '1767225598750000000'],
      ['pulse.first_byte', '1767225598900000000'],
      ['pulse.first_token', '1767225599000000000'],
    ]);
    expect(failed?.status).toEqual({ code: 2 });
    expect(valuesOf(failed?.attributes ?? [])).toMatchObject({
      'error.type': { stringValue: 'overloaded' },
      'http.response.status_code': { intValue: '529' },
    });
  });

  it('comes with the user’s headers, which stand nowhere else', async () => {
    const one = exporter();
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await idle(one);
    for (const { headers, text } of receiver.received) {
      expect(headers).toMatchObject({
        authorization: 'Bearer a-secret',
        'content-type': 'application/json',
      });
      expect(text).not.toContain('a-secret');
    }
    expect(receiver.received).toHaveLength(2);
  });
});

describe('OtlpExporter', () => {
  it('sends once a minute, and nothing while nothing has ended', async () => {
    const one = exporter();
    expect(clock.pending).toBe(0);
    one.add(measuredRequest());
    await clock.advance(MINUTE - 1);
    expect(receiver.received).toEqual([]);
    await clock.advance(1);
    await idle(one);
    expect(one.status).toMatchObject({ sentSpans: 1, lostSpans: 0, lastError: undefined });
    await expect.poll(() => clock.pending).toBe(0);
    await clock.advance(10 * MINUTE);
    expect(receiver.received).toHaveLength(2);
  });

  it('sends 512 spans at a time, keeps 2,048, and counts what it gave up', async () => {
    const one = exporter();
    for (let turn = 0; turn < 2_050; turn++) one.add(measuredRequest({ requestId: `r${turn}` }));
    expect(one.status).toMatchObject({ queuedSpans: 2_048, lostSpans: 2 });
    await clock.advance(MINUTE);
    await idle(one);
    const batches = receiver.at('/v1/traces').map(({ text }) => text.match(/"r\d+"/gu) ?? []);
    expect(batches.map(({ length }) => length)).toEqual([512, 512, 512, 512]);
    expect([batches[0]?.[0], batches[3]?.at(-1)]).toEqual(['"r2"', '"r2049"']);
    expect(one.status).toMatchObject({ sentSpans: 2_048, lostSpans: 2 });
  });

  it.each([429, 502, 503, 504])('tries again after %d, with the same spans', async (status) => {
    const one = exporter();
    receiver.replies.push({}, { status }, { status, headers: { 'retry-after': '20' } });
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await expect.poll(() => receiver.at('/v1/traces').length).toBe(1);
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(500);
    await expect.poll(() => receiver.at('/v1/traces').length).toBe(2);
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(19_999);
    expect(receiver.at('/v1/traces')).toHaveLength(2);
    await clock.advance(1);
    await idle(one);
    const [first, , third] = receiver.at('/v1/traces');
    expect(third?.text).toBe(first?.text);
    await expect.poll(() => one.status.lastError).toBeUndefined();
  });

  it('leaves a collector alone for as long as it asks', async () => {
    const one = exporter();
    receiver.replies.push({ status: 503, headers: { 'retry-after': '180' } });
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await expect.poll(() => one.status.lastError?.why).toBe('HTTP 503');
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(3 * MINUTE - 1);
    expect(receiver.received).toHaveLength(1);
    await clock.advance(1);
    await idle(one);
    expect(one.status.sentSpans).toBe(1);
  });

  it('does not send again what was refused', async () => {
    const one = exporter();
    receiver.replies.push({}, { status: 401, body: { message: 'who are you' } });
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await idle(one);
    expect(one.status).toMatchObject({ sentSpans: 0, lostSpans: 1 });
    expect(one.status.lastError?.why).toBe('HTTP 401');
  });

  it('notices that only a part was taken', async () => {
    const one = exporter();
    const partialSuccess = { rejectedSpans: '1', errorMessage: 'too old' };
    receiver.replies.push({}, { body: { partialSuccess } });
    one.add(measuredRequest());
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await idle(one);
    expect(one.status).toMatchObject({ sentSpans: 1, lostSpans: 1 });
    expect(one.status.lastError?.why).toBe('1 not taken. too old');
  });

  it('gives an answer 10 s, and tries again', async () => {
    const one = exporter();
    receiver.isSilent = true;
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    await expect.poll(() => receiver.received.length).toBe(1);
    await clock.advance(10_000);
    receiver.isSilent = false;
    await clock.advance(500);
    await idle(one);
    expect(receiver.at('/v1/metrics')).toHaveLength(2);
  });

  it('keeps the spans when the collector can’t be reached, and says why', async () => {
    const one = exporter();
    await receiver.close();
    one.add(measuredRequest());
    await clock.advance(MINUTE);
    for (const waitMs of [500, 1_000, 2_000]) {
      await expect.poll(() => clock.pending).toBe(1);
      await clock.advance(waitMs);
    }
    await expect.poll(() => one.status.lastError?.why).toContain('ECONNREFUSED');
    expect(one.status).toMatchObject({ queuedSpans: 1, lostSpans: 0 });
    receiver = await OtlpReceiver.start();
  });

  it('sends what is left when it ends', async () => {
    const one = exporter();
    one.add(measuredRequest());
    await one.close();
    expect(receiver.at('/v1/traces')).toHaveLength(1);
    expect(one.status.sentSpans).toBe(1);
  });

  it('ends within two seconds, whatever the collector does', async () => {
    const one = exporter();
    receiver.isSilent = true;
    one.add(measuredRequest());
    const closing = one.close();
    await expect.poll(() => receiver.received.length).toBe(1);
    await clock.advance(2_000);
    await closing;
    expect(one.status.sentSpans).toBe(0);
  });
});

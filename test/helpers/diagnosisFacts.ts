import type { Facts } from '../../src/engine/diagnostics/cause';
import { MetricsRecorder } from '../../src/engine/metrics/recorder';
import { DEFAULT_SETTINGS } from '../../src/engine/settings';
import { endpointHealth, engineHealth } from './engineHealth';
import { FakeClock } from './fakeClock';

/** An endpoint and a machine that are well. */
export function diagnosisFacts(changes: Partial<Facts> = {}): Facts {
  const recorder = new MetricsRecorder(new FakeClock(), { running: 0, queued: 0, concurrency: 10 });
  const metrics = recorder.snapshot();
  recorder.dispose();
  return {
    endpointId: 'api.example',
    network: {
      host: 'api.example',
      port: 443,
      dns: { outcome: 'ok', tookMs: 3, value: ['192.0.2.7'] },
      tcp: { outcome: 'ok', tookMs: 20, value: undefined },
      tls: {
        outcome: 'ok',
        tookMs: 25,
        value: {
          protocol: 'TLSv1.3',
          chain: [{ subject: 'api.example', issuer: 'Some authority', validTo: 'Jan  1 2120 GMT' }],
          problem: undefined,
        },
      },
      http: {
        outcome: 'ok',
        tookMs: 90,
        value: { status: 200, hadKey: true, firstByteMs: 80, bytesPerSecond: undefined },
      },
    },
    local: {
      loop: { p99Ms: 2, maxMs: 9 },
      cpuShare: 0.1,
      machineShare: 0.2,
      heap: { usedBytes: 100_000_000, limitBytes: 4_000_000_000 },
      disk: { outcome: 'ok', tookMs: 4, value: undefined },
    },
    memory: [],
    health: engineHealth({ endpoints: [endpointHealth()] }),
    metrics,
    settings: DEFAULT_SETTINGS,
    ...changes,
  };
}

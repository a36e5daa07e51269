import { expect, it } from 'vitest';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import { engineSource } from '../../../../src/host/alerts/engineSource';
import { breakerHealth, engineHealth, limitHealth } from '../../../helpers/engineHealth';
import { FakeClock } from '../../../helpers/fakeClock';
import { finishedTurn } from '../../../helpers/requestRecord';

it('what alerts read is what the engine has measured, and how it is', () => {
  const metrics = new MetricsRecorder(new FakeClock(), { running: 1, queued: 3, concurrency: 10 });
  metrics.turnEnded(finishedTurn());
  metrics.turnEnded(finishedTurn({ model: 'model-b' }));
  const health = engineHealth({
    breakers: [
      breakerHealth({ family: 'a', state: 'open' }),
      breakerHealth({ family: 'b', state: 'half_open' }),
      breakerHealth({ family: 'c', state: 'closed' }),
    ],
    limits: [limitHealth({ perMinute: 100, remaining: 25 }), limitHealth({ perMinute: undefined })],
  });
  const source = engineSource({ metrics, health: () => health }, () => undefined);
  expect(source.models()).toEqual(['model-a', 'model-b']);
  expect(source.figures('minute').ok).toBe(2);
  expect(source.figures('day', 'model-b').ok).toBe(1);
  expect(source.figures('day', 'model-c').ended).toBe(0);
  expect(source.gauges()).toMatchObject({
    queued: 3,
    headroom: 0.25,
    openBreakers: [{ family: 'a' }, { family: 'b' }],
    loopDelayMs: undefined,
  });
  metrics.dispose();
});

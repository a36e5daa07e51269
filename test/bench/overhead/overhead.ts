import type { BenchReport } from '../lib/benchReport';
import { interleave } from '../lib/interleave';
import { perCallCost } from '../lib/perCallCost';
import { median, quantile, rounded } from '../lib/statistics';
import { benchRequest } from '../lib/streamClients';
import { newInstantEngine } from './instantModel';
import { libraryContenders } from './libraries';
import { Pieces } from './pieces';
import { newStubbedEngine, stubFetchContenders } from './stubFetch';

const NOTE =
  'CPU time of this process (user and system, all threads) for one call, called one after the other.';

/** What a request costs on top of the network and the SDK, and what the parts it goes through cost alone. */
export async function benchOverhead(report: BenchReport, quick: boolean): Promise<void> {
  const engine = newInstantEngine();
  const pieces = new Pieces();
  const stubbed = newStubbedEngine();
  const contenders = [
    perCallCost('Pulse: a whole turn over a model that answers at once', () =>
      engine.stream(benchRequest),
    ),
    ...pieces.contenders(),
    ...libraryContenders(),
    ...stubFetchContenders(stubbed),
  ];
  const costs = await interleave(contenders, {
    warmUp: quick ? 3 : 6,
    measured: quick ? 6 : 24,
  });
  for (const owner of [pieces, engine, stubbed]) owner.dispose();
  const rows = contenders.map(({ name }, index) => {
    const samples = costs[index] ?? [];
    return {
      name,
      medianUs: rounded(median(samples), 2),
      p10Us: rounded(quantile(samples, 0.1), 2),
      p90Us: rounded(quantile(samples, 0.9), 2),
    };
  });
  report.addTable('CPU per request', NOTE, rows);
  report.addTarget('own cost per request', '<=', 15, rows[0]?.medianUs ?? Number.NaN, 'us');
  report.addTarget('recorder, of that', '<=', 5, rows[1]?.medianUs ?? Number.NaN, 'us');
}

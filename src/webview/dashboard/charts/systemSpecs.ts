import { formatDuration } from '../../shared/format';
import type { Line } from '../data/buckets';
import type { Grid } from '../data/grid';
import type { Heat } from '../data/heat';
import type { SampleBuckets } from '../data/sampleBuckets';
import { formatMegabytes, formatNumber, formatShare } from '../texts/format';
import { texts } from '../texts/texts';
import { line, made, shaped } from './requestSpecs';
import { bridged } from './spec';
import type { ChartSpec, ColorName, Series } from './spec';

/** Samples come about each minute; what is further apart, ms, was not measured in between. */
const SAMPLE_GAP_MS = 180_000;

/** Charts of what machine and engine were like. */
export function systemSpecs(buckets: SampleBuckets, grid: Grid): ChartSpec[] {
  const most = Math.max(1, Math.ceil(SAMPLE_GAP_MS / grid.sizeMs));
  const drawn = (label: string, color: ColorName, values: Line): Series =>
    line(label, color, bridged(values, most));
  return [
    made({
      id: 'headroom',
      title: texts.charts.headroom,
      series: [shaped('area', drawn(texts.headroom, 'teal', buckets.headroom))],
      left: { format: formatShare, atLeast: 1, atMost: 1 },
    }),
    made({
      id: 'concurrency',
      title: texts.charts.concurrency,
      series: [
        shaped('area', drawn(texts.running, 'blue', buckets.running)),
        drawn(texts.queued, 'orange', buckets.queued),
        drawn(texts.concurrency, 'gray', buckets.concurrency),
      ],
      left: { format: formatNumber, atLeast: 4 },
    }),
    made({
      id: 'machine',
      title: texts.charts.machine,
      series: [
        drawn(texts.cpu, 'blue', buckets.cpuShare),
        { ...drawn(texts.memory, 'purple', buckets.rssMB), scale: 'right' },
      ],
      left: { format: formatShare, atLeast: 0.2 },
      right: { format: formatMegabytes, atLeast: 100 },
    }),
    made({
      id: 'delays',
      title: texts.charts.delays,
      series: [
        drawn(texts.loopDelay, 'orange', buckets.loopDelayMs),
        drawn(texts.store, 'purple', buckets.storeMs),
        drawn(texts.network, 'green', buckets.networkMs),
      ],
      left: { format: formatDuration, atLeast: 50 },
    }),
  ];
}

/** The map of latencies: a column each bucket, a row each band. */
export function heatSpec(heat: Heat): ChartSpec {
  const lowest = heat.edges[0];
  const highest = heat.edges.at(-1);
  const isEmpty = lowest === undefined || highest === undefined;
  return {
    id: 'heat',
    title: texts.charts.heat,
    summary: isEmpty
      ? texts.chartNothing
      : texts.heatSummary(
          formatDuration(lowest),
          formatDuration(highest),
          formatNumber(heat.highest),
        ),
    series: [],
    left: { format: formatDuration, atLeast: 0 },
    heat,
  };
}

import { rateOf } from './buckets';
import type { Dataset, Stretch } from './dataset';
import { isAsked, isUnavailable, reliabilityOf } from './incidents';
import { percentileOf, Sorter } from './percentile';
import { hoursIn, rowsIn } from './selection';
import type { Filter } from './selection';

/** What a stretch came to. `undefined`: there was nothing to tell it from. Shares are 0-1, times ms, costs US$. */
export interface Figures {
  readonly requests: number;
  readonly ok: number;
  readonly failed: number;
  readonly firstTokenP50: number | undefined;
  readonly firstTokenP95: number | undefined;
  /** Output tokens per second of an answer: median. */
  readonly rate: number | undefined;
  /** Of those that were not stopped. */
  readonly errorShare: number | undefined;
  readonly availability: number | undefined;
  /** What is left of the failures that the objective allows; below 0 where it was missed. */
  readonly budgetLeft: number | undefined;
  readonly incidents: number;
  readonly mtbfMs: number | undefined;
  readonly mttrMs: number | undefined;
  /** Of requests whose price is known. */
  readonly costUSD: number;
  readonly unpriced: number;
  /** Share of the input that the prompt cache gave. */
  readonly cacheShare: number | undefined;
  readonly up: number;
  readonly down: number;
  readonly satisfaction: number | undefined;
  readonly accepted: number;
  /** Of requests that are still known one by one, as accepted answers are; `undefined` for one endpoint, whose accepted answers are not known. */
  readonly costPerAccepted: number | undefined;
}

/** `rows`: those that the filter lets through, oldest first. */
export function figuresOf(
  dataset: Dataset,
  rows: Uint32Array,
  filter: Filter,
  stretch: Stretch,
): Figures {
  const shown = rowsIn(rows, dataset, stretch);
  const counts = countRows(dataset, shown);
  const asked = counts.answered + counts.unavailable;
  const availability = shareOf(counts.answered, asked);
  const spentOnRows = counts.costUSD;
  addHours(dataset, filter, stretch, counts);
  const { ok, failed, stopped, costUSD, cacheRead } = counts;
  const thumbs = thumbsOf(dataset, filter, stretch);
  return {
    requests: ok + failed + stopped,
    ok,
    failed,
    ...latenciesOf(dataset, shown),
    errorShare: shareOf(failed, ok + failed),
    availability,
    budgetLeft: budgetLeft(availability, dataset.objective),
    ...reliabilityOf(dataset, shown, stretch),
    costUSD,
    unpriced: counts.unpriced,
    cacheShare: shareOf(cacheRead, counts.input + cacheRead + counts.cacheWrite),
    ...thumbs,
    satisfaction: shareOf(thumbs.up, thumbs.up + thumbs.down),
    costPerAccepted:
      filter.endpoint === undefined ? shareOf(spentOnRows, thumbs.accepted) : undefined,
  };
}

interface Counts {
  ok: number;
  failed: number;
  stopped: number;
  answered: number;
  unavailable: number;
  costUSD: number;
  unpriced: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
}

function countRows(dataset: Dataset, rows: Uint32Array): Counts {
  const { requests } = dataset;
  const [ok, failed] = ['ok', 'failed'].map((name) => requests.outcome.names.indexOf(name));
  const counts: Counts = {
    ok: 0,
    failed: 0,
    stopped: 0,
    answered: 0,
    unavailable: 0,
    costUSD: 0,
    unpriced: 0,
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
  };
  for (const row of rows) {
    const outcome = requests.outcome.values[row];
    if (outcome === ok) counts.ok++;
    else if (outcome === failed) counts.failed++;
    else counts.stopped++;
    if (outcome === ok && isAsked(dataset, row)) counts.answered++;
    if (outcome === failed && isUnavailable(dataset, row)) counts.unavailable++;
    const input = numberAt(requests.inputTokens, row);
    const read = numberAt(requests.cacheReadTokens, row);
    const written = numberAt(requests.cacheWriteTokens, row);
    counts.input += input;
    counts.cacheRead += read;
    counts.cacheWrite += written;
    const cost = requests.costUSD[row] ?? Number.NaN;
    if (!Number.isNaN(cost)) counts.costUSD += cost;
    else if (input + read + written + numberAt(requests.outputTokens, row) > 0) counts.unpriced++;
  }
  return counts;
}

/** Availability is not told by the hour: whose fault a failure was is not known there any more. */
function addHours(dataset: Dataset, filter: Filter, stretch: Stretch, counts: Counts): void {
  const { hours } = dataset;
  for (const row of hoursIn(dataset, filter, stretch)) {
    counts.ok += numberAt(hours.ok, row);
    counts.failed += numberAt(hours.failed, row);
    counts.stopped += numberAt(hours.stopped, row);
    counts.costUSD += numberAt(hours.costUSD, row);
    counts.unpriced += numberAt(hours.unpriced, row);
    counts.input += numberAt(hours.inputTokens, row);
    counts.cacheRead += numberAt(hours.cacheReadTokens, row);
    counts.cacheWrite += numberAt(hours.cacheWriteTokens, row);
  }
}

function latenciesOf(
  dataset: Dataset,
  rows: Uint32Array,
): Pick<Figures, 'firstTokenP50' | 'firstTokenP95' | 'rate'> {
  const firstTokens = new Sorter(rows.length);
  const rates = new Sorter(rows.length);
  for (const row of rows) {
    firstTokens.add(dataset.requests.firstTokenMs[row] ?? Number.NaN);
    rates.add(rateOf(dataset, row));
  }
  const sorted = firstTokens.take();
  return {
    firstTokenP50: percentileOf(sorted, 0.5),
    firstTokenP95: percentileOf(sorted, 0.95),
    rate: percentileOf(rates.take(), 0.5),
  };
}

/** What a person did is known by model, not by endpoint. */
function thumbsOf(
  { events, wholeFrom }: Dataset,
  { model }: Filter,
  { from, to }: Stretch,
): Pick<Figures, 'up' | 'down' | 'accepted'> {
  const counts = { up: 0, down: 0, accepted: 0 };
  // Where requests were left out, so are the answers that someone thought something of.
  const first = Math.max(from, wholeFrom);
  for (const event of events) {
    if (event.kind === 'mark' || event.at < first || event.at >= to) continue;
    if (model === undefined || event.model === model) counts[event.kind]++;
  }
  return counts;
}

/** An objective of all leaves no budget: it is used up with the first failure. */
function budgetLeft(availability: number | undefined, objective: number): number | undefined {
  if (availability === undefined) return undefined;
  const missed = 1 - availability;
  const allowed = 1 - objective;
  if (allowed === 0) return missed === 0 ? 1 : 0;
  return 1 - missed / allowed;
}

function shareOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function numberAt(column: Float32Array, row: number): number {
  const value = column[row] ?? 0;
  return Number.isNaN(value) ? 0 : value;
}

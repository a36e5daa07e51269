import { describe, expect, it } from 'vitest';
import { effectRange } from '../../../../../src/engine/metrics/effect/effectRange';
import { evaluateEffect } from '../../../../../src/engine/metrics/effect/evaluateEffect';
import type { EffectFigure } from '../../../../../src/engine/metrics/effect/evaluateEffect';
import type {
  MeasuredRequest,
  MetricEvent,
} from '../../../../../src/engine/metrics/metricsHistory';
import { failedRequest, measuredRequest } from '../../../../helpers/measuredRequest';
import { requestColumns } from '../../../../helpers/requestColumns';
import { seededRandom } from '../../../../helpers/seededRandom';

const AT = Date.UTC(2026, 0, 10);
const DAY = 86_400_000;
const RANGE = { from: AT - DAY, at: AT, to: AT + DAY };

interface Side {
  readonly count: number;
  readonly firstTokenMs: number;
  readonly costUSD?: number;
  readonly model?: string;
  readonly inputTokens?: number;
  /** Each so many-th fails by the service's fault. */
  readonly failsEvery?: number;
}

/** Requests spread evenly over a side, with times that vary by half around what they are. */
function requests(from: number, side: Side, seed: number): MeasuredRequest[] {
  const random = seededRandom(seed);
  const { count, firstTokenMs, costUSD = 0.01, model = 'model-a', inputTokens = 100 } = side;
  return Array.from({ length: count }, (_, index) => {
    const at = from + (index / count) * DAY;
    if (side.failsEvery !== undefined && index % side.failsEvery === 1) {
      return failedRequest('overloaded', { at, model });
    }
    const first = firstTokenMs * (0.5 + random());
    return measuredRequest({
      at,
      model,
      costUSD: costUSD * (0.5 + random()),
      timing: { ...measuredRequest().timing, firstTokenMs: first, totalMs: first + 1_000 },
      usage: { inputTokens, outputTokens: 50, cacheReadTokens: 0, cacheWriteTokens: 0 },
    });
  });
}

function effect(before: Side, after: Side, events: readonly MetricEvent[] = []) {
  const all = [...requests(AT - DAY, before, 1), ...requests(AT, after, 2)];
  return evaluateEffect({ requests: requestColumns(all), events }, RANGE);
}

function changeOf(figure: EffectFigure, ...of: Parameters<typeof effect>) {
  const found = effect(...of).changes.find((change) => change.figure === figure);
  if (!found) throw new Error(`no ${figure}`);
  return found;
}

function event(kind: MetricEvent['kind'], at: number): MetricEvent {
  return { uid: `${kind}-${at}`, at, kind, model: 'model-a', label: '' };
}

/** `count` events spread over the hour that begins at `from`. */
function events(kind: MetricEvent['kind'], count: number, from: number): MetricEvent[] {
  return Array.from({ length: count }, (_, index) => event(kind, from + index * 1_000));
}

const USUAL: Side = { count: 200, firstTokenMs: 1_000 };

describe('effectRange', () => {
  it('is as long before as after, up to the changes beside it and to now', () => {
    const two = 2 * DAY;
    expect(effectRange(AT, [AT], AT + two)).toEqual({ from: AT - two, at: AT, to: AT + two });
    expect(effectRange(AT, [AT, AT - 1_000, AT - DAY], AT + DAY).from).toBe(AT - 1_000);
    expect(effectRange(AT, [AT + 500, AT], AT + DAY).to).toBe(AT + 500);
  });

  it('looks back a day at least, so that a change of a moment ago can be judged', () => {
    expect(effectRange(AT, [AT], AT + 60_000)).toEqual({
      from: AT - DAY,
      at: AT,
      to: AT + 60_000,
    });
  });

  it('is 30 days to each side at most', () => {
    expect(effectRange(AT, [], AT + 365 * DAY)).toEqual({
      from: AT - 30 * DAY,
      at: AT,
      to: AT + 30 * DAY,
    });
  });
});

describe('evaluateEffect', () => {
  it('finds a first token that comes sooner, with an interval that holds the change', () => {
    const change = changeOf('firstTokenP50', USUAL, { ...USUAL, firstTokenMs: 600 });
    expect(change.judgement).toBe('better');
    expect(change.before).toBeGreaterThan(900);
    expect(change.after).toBeLessThan(700);
    expect(change.interval?.of).toBe('difference');
    expect(change.interval?.low).toBeLessThan(-400);
    expect(change.interval?.high).toBeGreaterThan(-400);
    expect(change.interval?.high).toBeLessThan(0);
  });

  it('takes the same again for noise', () => {
    const judgements = effect(USUAL, USUAL).changes.map(({ figure, judgement }) => [
      figure,
      judgement,
    ]);
    expect(Object.fromEntries(judgements)).toEqual({
      firstTokenP50: 'noise',
      firstTokenP95: 'noise',
      totalP50: 'noise',
      tokensPerSecond: 'noise',
      errorShare: 'noise',
      spread: 'noise',
      mtbf: 'unsure',
      costPerAnswer: 'noise',
      costPerAccepted: 'unsure',
      satisfaction: 'unsure',
    });
  });

  it('says nothing sure about a handful of requests', () => {
    const few = { ...USUAL, count: 5 };
    const { changes } = effect(few, { ...few, firstTokenMs: 200 });
    const sure = changes.filter(({ judgement }) => judgement !== 'unsure');
    expect(sure.map(({ figure, judgement }) => [figure, judgement])).toEqual([
      ['errorShare', 'noise'],
    ]);
  });

  it('finds more failures, and less time between them', () => {
    const failing = { ...USUAL, failsEvery: 5 };
    const rare = { ...USUAL, failsEvery: 50 };
    expect(changeOf('errorShare', rare, failing)).toMatchObject({
      before: 0.02,
      after: 0.2,
      judgement: 'worse',
    });
    const mtbf = changeOf('mtbf', rare, failing);
    expect(mtbf.judgement).toBe('worse');
    expect(mtbf.interval).toMatchObject({ of: 'ratio' });
    expect(mtbf.before).toBeGreaterThan(5 * 3_600_000);
    expect(mtbf.after).toBeLessThan(3_600_000);
  });

  it('finds times that vary less', () => {
    const steady = requests(AT, USUAL, 2).map(({ at, timing }, index) =>
      measuredRequest({ at, timing: { ...timing, firstTokenMs: 1_000 + (index % 10) } }),
    );
    const all = requestColumns([...requests(AT - DAY, USUAL, 1), ...steady]);
    const { changes } = evaluateEffect({ requests: all, events: [] }, RANGE);
    const spread = changes.find(({ figure }) => figure === 'spread');
    expect(spread).toMatchObject({ judgement: 'better' });
    expect(spread?.before).toBeCloseTo(0.5, 0);
    expect(spread?.after).toBeLessThan(0.01);
  });

  it('weighs cost against what was taken over, and thumbs', () => {
    const dear = { ...USUAL, costUSD: 0.05 };
    const happened = [
      ...events('accepted', 40, AT - DAY),
      ...events('accepted', 40, AT),
      ...events('up', 10, AT - DAY),
      ...events('down', 30, AT - DAY + 100_000),
      ...events('up', 38, AT),
      ...events('down', 2, AT + 100_000),
    ];
    expect(changeOf('costPerAnswer', USUAL, dear, happened).judgement).toBe('worse');
    const accepted = changeOf('costPerAccepted', USUAL, dear, happened);
    expect(accepted.judgement).toBe('worse');
    expect(accepted.before).toBeCloseTo(0.05, 1);
    expect(accepted.after).toBeCloseTo(0.25, 1);
    expect(changeOf('satisfaction', USUAL, dear, happened)).toMatchObject({
      before: 0.25,
      after: 0.95,
      judgement: 'better',
    });
  });

  it('leaves kept answers out of times, but not out of the cost of answers', () => {
    const kept = requests(AT, USUAL, 3).map(({ at }) =>
      measuredRequest({ at, servedFrom: 'disk', costUSD: undefined }),
    );
    const all = requestColumns([...requests(AT - DAY, USUAL, 1), ...kept]);
    const { after, changes } = evaluateEffect({ requests: all, events: [] }, RANGE);
    expect(after).toMatchObject({ requests: 0, firstToken: [] });
    const cost = changes.find(({ figure }) => figure === 'costPerAnswer');
    expect(cost).toMatchObject({ after: 0, judgement: 'better' });
  });

  it('says when what was asked is another kind of thing, and by which models', () => {
    expect(effect(USUAL, USUAL).isLike).toBe(true);
    const { isLike, before, after } = effect(USUAL, {
      ...USUAL,
      model: 'model-b',
      inputTokens: 250,
    });
    expect(isLike).toBe(false);
    expect([before.inputTokens, after.inputTokens]).toEqual([100, 250]);
    expect([before.models, after.models]).toEqual([
      [{ model: 'model-a', share: 1 }],
      [{ model: 'model-b', share: 1 }],
    ]);
  });

  it('begins with the first request that is there', () => {
    const all = requests(AT - DAY, USUAL, 1).concat(requests(AT, USUAL, 2));
    const late = all.filter(({ at }) => at >= AT - DAY / 4);
    const { beforeMs, afterMs, before, after } = evaluateEffect(
      { requests: requestColumns(late), events: [] },
      RANGE,
    );
    expect([beforeMs, afterMs]).toEqual([DAY / 4, DAY]);
    expect([before.requests, after.requests]).toEqual([50, 200]);
  });

  it('compares nothing with something', () => {
    const { changes, before } = evaluateEffect(
      { requests: requestColumns(requests(AT, USUAL, 1)), events: [] },
      RANGE,
    );
    expect(before.requests).toBe(0);
    expect(new Set(changes.map(({ judgement }) => judgement))).toEqual(new Set(['unsure']));
  });
});

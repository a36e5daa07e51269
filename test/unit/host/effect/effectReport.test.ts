import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type {
  Effect,
  EffectChange,
  EffectFigure,
} from '../../../../src/engine/metrics/effect/evaluateEffect';
import type { EffectSide } from '../../../../src/engine/metrics/effect/effectSide';
import { effectReport } from '../../../../src/host/effect/effectReport';
import { english } from '../../../../src/host/translate';
import { reportSchema } from '../../../../src/protocol/report';

const MARK = { at: Date.UTC(2026, 0, 10, 12), label: 'Switched to Haiku 4.5' };
const SIDE: EffectSide = {
  requests: 100,
  firstToken: [],
  total: [],
  rates: [],
  failed: { hits: 0, count: 100 },
  incidents: 0,
  upMs: 0,
  costs: [],
  costUSD: 0,
  accepted: 0,
  liked: { hits: 0, count: 0 },
  inputTokens: 1_200,
  models: [{ model: 'model-a', share: 1 }],
};

function change(figure: EffectFigure, values: Partial<EffectChange>): EffectChange {
  return {
    figure,
    before: undefined,
    after: undefined,
    interval: undefined,
    judgement: 'unsure',
    ...values,
  };
}

const SOONER = change('firstTokenP50', {
  before: 1_000,
  after: 800,
  interval: { of: 'difference', low: -300, high: -120 },
  judgement: 'better',
});
const FAILING = change('errorShare', {
  before: 0.01,
  after: 0.05,
  interval: { of: 'difference', low: 0.015, high: 0.065 },
  judgement: 'worse',
});

function report(changes: readonly EffectChange[], more: Partial<Effect> = {}, isCut = false) {
  const effect: Effect = {
    beforeMs: 3 * 86_400_000,
    afterMs: 3 * 86_400_000,
    before: SIDE,
    after: {
      ...SIDE,
      models: [
        { model: 'model-b', share: 0.75 },
        { model: 'model-a', share: 0.25 },
      ],
    },
    changes,
    isLike: true,
    ...more,
  };
  return v.parse(reportSchema, effectReport(MARK, effect, isCut, english));
}

function rowsOf(of: ReturnType<typeof report>, section: number) {
  return of.sections[section]?.table?.rows.map((row) => row.map(({ text }) => text));
}

describe('the report of a change', () => {
  it('says in words what is better and what is worse', () => {
    expect(report([SOONER]).verdict).toEqual({
      tone: 'good',
      text: 'Better: Time to first token, P50. All else is noise, or too little was measured to tell.',
    });
    expect(report([FAILING]).verdict).toMatchObject({ tone: 'bad' });
    const { tone, text } = report([SOONER, FAILING]).verdict;
    expect(tone).toBe('doubtful');
    expect(text).toMatch(/^Better: .*\. Worse: Share of failures\./u);
    expect(report([change('mtbf', {})]).verdict).toEqual({
      tone: 'plain',
      text: 'No difference that is more than noise, as far as this can be told.',
    });
  });

  it('gives each figure with its change and the interval, in its own unit', () => {
    const rows = rowsOf(
      report([
        SOONER,
        FAILING,
        change('mtbf', {
          before: 36_000_000,
          after: 72_000_000,
          interval: { of: 'ratio', low: 0.8, high: 5 },
          judgement: 'noise',
        }),
        change('costPerAnswer', {
          before: 0.02,
          after: 0.01,
          interval: { of: 'difference', low: -0.015, high: -0.005 },
          judgement: 'better',
        }),
        change('satisfaction', { after: 0.5 }),
      ]),
      0,
    );
    expect(rows).toEqual([
      ['Time to first token, P50', '1.0 s', '800 ms', '−20 %', '−300 ms … −120 ms', 'yes, better'],
      ['Share of failures', '1 %', '5 %', '+4 points', '+1.5 points … +6.5 points', 'yes, worse'],
      ['Time between failures of the service', '10 h', '20 h', '+100 %', '−20 % … +400 %', 'no'],
      ['Cost of an answer', '$0.0200', '$0.0100', '−50 %', '−$0.0150 … −$0.0050', 'yes, better'],
      ['Thumbs up among all thumbs', '–', '50 %', '–', '–', 'too few requests to tell'],
    ]);
  });

  it('tells what was asked of whom', () => {
    expect(rowsOf(report([]), 1)).toEqual([
      ['Requests', '100', '100'],
      ['Input tokens of a request, median', '1,200', '1,200'],
      ['model-a', '100 %', '25 %'],
      ['model-b', '0 %', '75 %'],
    ]);
  });

  it('doubts a gain where what was asked is another kind of thing', () => {
    const { verdict, sections } = report([SOONER], { isLike: false });
    expect(verdict.tone).toBe('doubtful');
    expect(verdict.text).toContain('not like with like');
    expect(sections[1]?.tone).toBe('doubtful');
    expect(sections[1]?.paragraphs).toHaveLength(1);
  });

  it('says when there is nothing on one side', () => {
    const none = { ...SIDE, requests: 0 };
    expect(report([], { before: none }).verdict.text).toMatch(/^Nothing was measured before/u);
    expect(report([], { after: none }).verdict.text).toMatch(/^Nothing was measured after/u);
  });

  it('says how it was compared, and that not all was read', () => {
    const [length, , ...more] = report([]).sections[2]?.paragraphs ?? [];
    expect(length).toContain('Before: 3 days. After: 3 days.');
    expect(more).toEqual([]);
    expect(report([], {}, true).sections[2]?.paragraphs).toHaveLength(3);
  });
});

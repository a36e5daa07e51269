import type { BenchResult } from '../../engine/bench/benchResult';
import { compareResults } from '../../engine/bench/compare';
import type { Change } from '../../engine/bench/compare';
import type { ReportAction, ReportSection, ReportTable } from '../../protocol/report';
import { judgedTable, percentText, signOf } from '../judgements';
import type { Translate } from '../translate';
import { figureText, figureValue, formatMoment, scenarioLabel } from './benchmarkTexts';

/** Ids of what can be done about an endpoint's baseline, as the report's page sends them back. */
export const keepId = (endpointId: string): string => `keepBaseline:${endpointId}`;
export const forgetId = (endpointId: string): string => `forgetBaseline:${endpointId}`;

/** What has changed since the baseline, and what can be done about it. `label`: the endpoint's, where it is one of several. */
export function comparisonSection(
  result: BenchResult,
  baseline: BenchResult | undefined,
  label: string | undefined,
  t: Translate,
): ReportSection {
  const changes = baseline ? compareResults(baseline, result) : [];
  const heading = t('Compared with the baseline');
  return {
    heading: label === undefined ? heading : `${heading} · ${label}`,
    tone: 'plain',
    paragraphs: paragraphs(baseline, changes, t),
    ...(changes.length === 0 ? {} : { table: table(changes, t) }),
    actions: actions(result, baseline, t),
  };
}

function paragraphs(
  baseline: BenchResult | undefined,
  changes: readonly Change[],
  t: Translate,
): string[] {
  if (baseline === undefined) {
    return [
      t(
        'There is no baseline for this endpoint yet. Keep a run as baseline to see later what has changed.',
      ),
    ];
  }
  const from = t('The baseline is of {0}.', formatMoment(baseline.startedAt));
  if (changes.length === 0) {
    return [from, t('It measured none of these models with these scenarios.')];
  }
  return [
    from,
    t(
      'A change counts when its 95 % interval leaves out "no change"; with few requests there is no telling.',
    ),
  ];
}

function table(changes: readonly Change[], t: Translate): ReportTable {
  return judgedTable(
    {
      names: [t('Scenario'), t('Model'), t('Figure')],
      values: [t('Baseline'), t('Now')],
    },
    changes.map((change) => ({
      names: [scenarioLabel(change.scenario, t), change.model, figureText(change.figure, t)],
      values: [change.before, change.after].map((one) => figureValue(change.figure, one)),
      change: changeText(change, t),
      judgement: change.judgement,
    })),
    t,
  );
}

/** "+12 %"; shares in points, since a share of a share is misread. */
function changeText({ figure, before, after }: Change, t: Translate): string {
  if (figure === 'answeredShare') {
    const points = (after - before) * 100;
    return t('{0} points', `${signOf(points)}${Math.abs(points).toFixed(2)}`);
  }
  return before === 0 ? '–' : percentText(after / before);
}

/** A run that was stopped is nothing to measure later ones by. */
function actions(
  result: BenchResult,
  baseline: BenchResult | undefined,
  t: Translate,
): ReportAction[] {
  const { endpointId } = result;
  const keep = { id: keepId(endpointId), label: t('Keep as baseline'), isMain: true };
  const forget = { id: forgetId(endpointId), label: t('Forget baseline'), isMain: false };
  return [...(result.isWhole ? [keep] : []), ...(baseline ? [forget] : [])];
}

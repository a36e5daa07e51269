import type { MetricsRange } from '../../engine/metrics/metricsHistory';
import type { Traffic } from '../../engine/metrics/traffic/traffic';
import type { TrafficChange } from '../../engine/metrics/traffic/trafficChanges';
import type { Report, ReportSection, Tone } from '../../protocol/report';
import { formatMoment } from '../benchmark/benchmarkTexts';
import { chanceText, judgedTable } from '../judgements';
import type { Translate } from '../translate';
import type { TrafficQuestion } from './trafficQuestion';
import { topicSection } from './trafficSections';
import {
  topicLabel,
  topicVerdict,
  trafficChangeText,
  trafficFigureText,
  trafficFigureValue,
} from './trafficTexts';

/** The worst first. */
const TONES: readonly Tone[] = ['bad', 'doubtful', 'good', 'plain'];

/** What the ordinary traffic of a time came to, by the topics that are asked for. */
export function trafficReport(question: TrafficQuestion, found: Traffic, t: Translate): Report {
  const { topics } = question;
  const [first] = topics;
  const isOne = topics.length === 1 && first !== undefined;
  const isEmpty = found.now.requests === 0;
  return {
    title: isOne ? t('Report: {0}', topicLabel(first, t)) : t('Report of the Traffic'),
    subtitle: rangeText(question.range),
    verdict: isEmpty ? emptyVerdict(found, t) : verdictOf(question, found, t),
    sections: [
      ...(isEmpty
        ? []
        : [
            ...topics.map((topic) => topicSection(topic, found, t)),
            comparisonSection(question, found, t),
          ]),
      waySection(question, found, t),
    ],
  };
}

function emptyVerdict({ now }: Traffic, t: Translate): Report['verdict'] {
  const text =
    now.onlyByHour > 0
      ? t(
          'Only hourly counts are left of this time ({0} requests): too little for a report.',
          now.onlyByHour,
        )
      : t('Nothing was measured in this time.');
  return { tone: 'doubtful', text };
}

function verdictOf({ topics }: TrafficQuestion, found: Traffic, t: Translate): Report['verdict'] {
  const verdicts = topics.map((topic) => ({ topic, ...topicVerdict(topic, found, t) }));
  const changes = found.changes.filter(({ topic }) => topics.includes(topic));
  const named = (judgement: TrafficChange['judgement']): readonly string[] =>
    changes.filter((one) => one.judgement === judgement).map((change) => changeName(change, t));
  const [better, worse] = [named('better'), named('worse')];
  const sentences = [
    ...verdicts.map(({ topic, text }) => t('{0}: {1}.', topicLabel(topic, t), text)),
    ...(better.length > 0 ? [t('Better than in the period before: {0}.', better.join('; '))] : []),
    ...(worse.length > 0 ? [t('Worse than in the period before: {0}.', worse.join('; '))] : []),
  ];
  const tones = new Set(verdicts.map(({ tone }) => tone));
  if (worse.length > 0) tones.add('doubtful');
  const tone = TONES.find((one) => tones.has(one)) ?? 'plain';
  return { tone, text: sentences.join(' ') };
}

function comparisonSection(
  { topics, before }: TrafficQuestion,
  found: Traffic,
  t: Translate,
): ReportSection {
  const changes = found.changes.filter(({ topic }) => topics.includes(topic));
  const section = { heading: t('Against the period before'), tone: 'plain' as const, actions: [] };
  if (changes.length === 0) {
    const why =
      found.before.requests === 0
        ? t('Nothing was measured in the period before ({0}).', rangeText(before))
        : t('The period before measured none of this.');
    return { ...section, paragraphs: [why] };
  }
  return {
    ...section,
    paragraphs: [chanceText(changes.length, t)],
    table: judgedTable(
      { names: [t('Figure')], values: [t('Before'), t('Now')] },
      changes.map((change) => ({
        names: [changeName(change, t)],
        values: [change.before, change.after].map((one) =>
          trafficFigureValue(change.figure, one, t),
        ),
        change: trafficChangeText(change, t),
        judgement: change.judgement,
      })),
      t,
    ),
  };
}

function changeName({ figure, model }: TrafficChange, t: Translate): string {
  const name = trafficFigureText(figure, t);
  return model === undefined ? name : [name, model].join(' · ');
}

function waySection({ range }: TrafficQuestion, found: Traffic, t: Translate): ReportSection {
  const { now, before, aside, isCut } = found;
  const asides: Readonly<Record<Traffic['aside'], readonly string[]>> = {
    none: [],
    'left out': [t('Requests to the demo are left out.')],
    alone: [t('Only the demo was asked: the figures are not those of Claude.')],
  };
  return {
    heading: t('How it was measured'),
    tone: 'plain',
    paragraphs: [
      t(
        'From the ordinary requests of all windows that ended from {0} on ({1}). Nothing was sent for it, and it cost nothing. Kept answers are left out.',
        formatMoment(range.from),
        now.requests,
      ),
      ...(before.requests === 0
        ? []
        : [t('The period before: {0} ({1} requests).', rangeText(before.range), before.requests)]),
      ...asides[aside],
      ...(isCut ? [t('There were more requests than were read: the newest count.')] : []),
      ...(now.onlyByHour > 0 && now.requests > 0
        ? [t('{0} more are only left as hourly counts; they are not in it.', now.onlyByHour)]
        : []),
    ],
    actions: [],
  };
}

function rangeText({ from, to }: MetricsRange): string {
  return `${formatMoment(from)} – ${formatMoment(to)}`;
}

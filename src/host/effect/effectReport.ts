import type { Effect, EffectChange } from '../../engine/metrics/effect/evaluateEffect';
import type { EffectSide } from '../../engine/metrics/effect/effectSide';
import type { Report, ReportCell, ReportSection, Tone } from '../../protocol/report';
import { formatMoment } from '../benchmark/benchmarkTexts';
import { formatCount, formatShare } from '../format';
import { cell, chanceText, judgedTable } from '../judgements';
import type { Translate } from '../translate';
import {
  effectChangeText,
  effectLabel,
  effectValue,
  intervalText,
  lengthText,
} from './effectTexts';

export interface ComparedMark {
  /** Ms since 1970. */
  readonly at: number;
  readonly label: string;
}

/** What a change came to. `isCut`: there were more requests than were read. */
export function effectReport(
  mark: ComparedMark,
  effect: Effect,
  isCut: boolean,
  t: Translate,
): Report {
  return {
    title: t('Before and After'),
    subtitle: [mark.label, formatMoment(mark.at)].join(' · '),
    verdict: verdictOf(effect, t),
    sections: [figureSection(effect, t), askedSection(effect, t), wayOf(effect, isCut, t)],
  };
}

function verdictOf({ changes, before, after, isLike }: Effect, t: Translate): Report['verdict'] {
  if (before.requests === 0 || after.requests === 0) {
    const text =
      before.requests === 0
        ? t('Nothing was measured before the change: there is nothing to compare it with.')
        : t('Nothing was measured after the change yet.');
    return { tone: 'doubtful', text };
  }
  const named = (judgement: EffectChange['judgement']): readonly string[] =>
    changes
      .filter((one) => one.judgement === judgement)
      .map(({ figure }) => effectLabel(figure, t));
  const [better, worse] = [named('better'), named('worse')];
  const sentences = [
    ...(better.length > 0 ? [t('Better: {0}.', better.join('; '))] : []),
    ...(worse.length > 0 ? [t('Worse: {0}.', worse.join('; '))] : []),
    better.length + worse.length === 0
      ? t('No difference that is more than noise, as far as this can be told.')
      : t('All else is noise, or too little was measured to tell.'),
    ...(isLike ? [] : [t('But what was asked differs much: this is not like with like.')]),
  ];
  return { tone: toneOf(better.length, worse.length, isLike), text: sentences.join(' ') };
}

function toneOf(better: number, worse: number, isLike: boolean): Tone {
  if (!isLike || (better > 0 && worse > 0)) return 'doubtful';
  if (worse > 0) return 'bad';
  return better > 0 ? 'good' : 'plain';
}

function figureSection({ changes }: Effect, t: Translate): ReportSection {
  return {
    heading: t('Figures'),
    tone: 'plain',
    paragraphs: [chanceText(changes.length, t)],
    table: judgedTable(
      { names: [t('Figure')], values: [t('Before'), t('After')] },
      changes.map((change) => ({
        names: [effectLabel(change.figure, t)],
        values: [change.before, change.after].map((one) => effectValue(change.figure, one, t)),
        change: effectChangeText(change, t),
        interval: intervalText(change, t),
        judgement: change.judgement,
      })),
      t,
    ),
    actions: [],
  };
}

/** Whether the same kind of questions went to whom. */
function askedSection({ before, after, isLike }: Effect, t: Translate): ReportSection {
  const models = new Set([...before.models, ...after.models].map(({ model }) => model));
  const shareOf = ({ models: of }: EffectSide, name: string): ReportCell =>
    cell(formatShare(of.find(({ model }) => model === name)?.share ?? 0));
  const tokens = ({ inputTokens }: EffectSide): ReportCell =>
    cell(inputTokens === undefined ? '–' : formatCount(inputTokens));
  const row = (label: string, of: (side: EffectSide) => ReportCell): ReportCell[] => [
    cell(label),
    of(before),
    of(after),
  ];
  return {
    heading: t('What was asked'),
    tone: isLike ? 'plain' : 'doubtful',
    paragraphs: isLike
      ? []
      : [
          t(
            'Questions are more than twice as long, or less than half as long, as they were before: times and costs differ by that alone.',
          ),
        ],
    table: {
      columns: [
        { label: t('Measured'), holds: 'words' },
        { label: t('Before'), holds: 'figures' },
        { label: t('After'), holds: 'figures' },
      ],
      rows: [
        row(t('Requests'), ({ requests }) => cell(formatCount(requests))),
        row(t('Input tokens of a request, median'), tokens),
        ...[...models].map((model) => row(model, (side) => shareOf(side, model))),
      ],
    },
    actions: [],
  };
}

function wayOf({ beforeMs, afterMs }: Effect, isCut: boolean, t: Translate): ReportSection {
  return {
    heading: t('How it was compared'),
    tone: 'plain',
    paragraphs: [
      t(
        'Before: {0}. After: {1}. Neither goes beyond the changes beside it. Requests of all windows count; kept answers only in cost.',
        lengthText(beforeMs, t),
        lengthText(afterMs, t),
      ),
      ...(isCut ? [t('There were more requests than were read: the newest count.')] : []),
      t('That something differs after a change does not prove that the change is why.'),
    ],
    actions: [],
  };
}

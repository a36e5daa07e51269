import { assertNever } from '../../base/assertNever';
import { MAX_SLOWDOWN } from '../../engine/bench/figures';
import type { ReportPeriod } from '../../engine/metrics/traffic/reportPeriod';
import { PERCENTILES } from '../../engine/metrics/traffic/traffic';
import type { Traffic, TrafficLatency, TrafficVerdict } from '../../engine/metrics/traffic/traffic';
import type {
  TrafficChange,
  TrafficFigure,
  TrafficTopic,
} from '../../engine/metrics/traffic/trafficChanges';
import type { Tone } from '../../protocol/report';
import { formatAvailability } from '../alerts/metricNames';
import { figureText, figureValue, formatPercent, scenarioLabel } from '../benchmark/benchmarkTexts';
import { effectLabel, effectValue } from '../effect/effectTexts';
import { formatCount, formatMs, formatRate } from '../format';
import { percentText, pointsText } from '../judgements';
import type { Translate } from '../translate';

export const TRAFFIC_TONES: Readonly<Record<TrafficVerdict, Tone>> = {
  met: 'good',
  missed: 'bad',
  unsure: 'doubtful',
};

/** What one topic comes to. */
export interface TopicVerdict {
  readonly tone: Tone;
  /** Without a full stop, to be put behind a colon. */
  readonly text: string;
}

export function topicLabel(topic: TrafficTopic, t: Translate): string {
  return topic === 'load' ? t('Load') : scenarioLabel(topic, t);
}

export function topicVerdict(topic: TrafficTopic, found: Traffic, t: Translate): TopicVerdict {
  switch (topic) {
    case 'latency':
      return latencyVerdict(found, t);
    case 'throughput':
      return throughputVerdict(found, t);
    case 'availability':
      return availabilityVerdict(found, t);
    case 'load':
      return loadVerdict(found, t);
    default:
      return assertNever(topic);
  }
}

/** What the notification of a period that has ended says. */
export function readyText(period: ReportPeriod, verdict: TopicVerdict, t: Translate): string {
  switch (period) {
    case 'hourly':
      return t('The latency of the last hour is ready to be read: {0}.', verdict.text);
    case 'daily':
      return t('The throughput of yesterday is ready to be read: {0}.', verdict.text);
    case 'weekly':
      return t('The availability of last week is ready to be read: {0}.', verdict.text);
    case 'monthly':
      return t('The load of last month is ready to be read: {0}.', verdict.text);
    default:
      return assertNever(period);
  }
}

/** All three of a model: missed where one is, else as sure as its P95. */
export function latencyHeld(latency: TrafficLatency): TrafficVerdict {
  const isMissed = PERCENTILES.some((name) => latency[name].verdict === 'missed');
  return isMissed ? 'missed' : latency.p95.verdict;
}

export function heldText(verdict: TrafficVerdict, t: Translate): string {
  switch (verdict) {
    case 'met':
      return t('met');
    case 'missed':
      return t('missed');
    case 'unsure':
      return t('too few requests to tell');
    default:
      return assertNever(verdict);
  }
}

export function trafficFigureText(figure: TrafficFigure, t: Translate): string {
  if (figure === 'mtbf') return effectLabel(figure, t);
  return figure === 'highLoadP95' ? t('First token under load, P95') : figureText(figure, t);
}

export function trafficFigureValue(figure: TrafficFigure, value: number, t: Translate): string {
  if (figure === 'mtbf') return effectValue(figure, value, t);
  return figure === 'highLoadP95' ? formatMs(value) : figureValue(figure, value);
}

/** "+12 %"; shares in points, since a share of a share is misread. */
export function trafficChangeText({ figure, before, after }: TrafficChange, t: Translate): string {
  if (figure === 'answeredShare') return pointsText(after - before, 2, t);
  return before === 0 ? '–' : percentText(after / before);
}

/** Of the model that misses its target by most; of all together where none does. */
function latencyVerdict({ latency, byModel }: Traffic, t: Translate): TopicVerdict {
  const p95 = ({ p95: { ms } }: TrafficLatency): number => ms ?? 0;
  const [worst] = [...byModel]
    .filter(([, one]) => latencyHeld(one) === 'missed')
    .sort(([, a], [, b]) => p95(b) - p95(a));
  if (worst) {
    const [model, missed] = worst;
    const text = t('P95 {0} of {1}, target missed', formatMs(p95(missed)), model);
    return { tone: 'bad', text };
  }
  if (latency.count === 0) return { tone: 'doubtful', text: t('no first token was measured') };
  const verdict = latencyHeld(latency);
  const ms = formatMs(p95(latency));
  const tone = TRAFFIC_TONES[verdict];
  switch (verdict) {
    case 'met':
      return { tone, text: t('P95 {0}, target met', ms) };
    case 'missed':
      return { tone, text: t('P95 {0}, target missed', ms) };
    case 'unsure':
      return {
        tone,
        text: t('P95 {0}, too few requests ({1}) to be sure of the target', ms, latency.count),
      };
    default:
      return assertNever(verdict);
  }
}

function throughputVerdict({ now, tokensPerSecond }: Traffic, t: Translate): TopicVerdict {
  const counts = t(
    '{0} requests, at most {1} in a minute',
    formatCount(now.requests),
    formatCount(now.busiest?.requests ?? 0),
  );
  const speed =
    tokensPerSecond === undefined
      ? t('too few answers to tell the tokens per second')
      : t('{0} tokens per second (median)', formatRate(tokensPerSecond));
  return {
    tone: tokensPerSecond === undefined ? 'doubtful' : 'plain',
    text: `${counts}, ${speed}`,
  };
}

function availabilityVerdict({ availability }: Traffic, t: Translate): TopicVerdict {
  const { share, verdict, objective, asked } = availability;
  const tone = TRAFFIC_TONES[verdict];
  if (share === undefined) return { tone, text: t('the service was not asked') };
  const [answered, wanted] = [formatPercent(share), formatAvailability(objective)];
  switch (verdict) {
    case 'met':
      return { tone, text: t('{0} answered, objective of {1} met', answered, wanted) };
    case 'missed':
      return { tone, text: t('{0} answered, objective of {1} missed', answered, wanted) };
    case 'unsure':
      return {
        tone,
        text: t(
          '{0} of {1} answered, too few to be sure of the objective of {2}',
          answered,
          formatCount(asked.count),
          wanted,
        ),
      };
    default:
      return assertNever(verdict);
  }
}

function loadVerdict({ now, load }: Traffic, t: Translate): TopicVerdict {
  const most = t('at most {0} at once', formatCount(now.load.most));
  const tone = TRAFFIC_TONES[load.verdict];
  switch (load.verdict) {
    case 'met':
      return { tone, text: t('{0}, and the first token came in time even then', most) };
    case 'missed':
      return {
        tone,
        text: t('{0}, and the first token took more than {1} times as long', most, MAX_SLOWDOWN),
      };
    case 'unsure':
      return { tone, text: t('{0}, too few requests to tell what that does', most) };
    default:
      return assertNever(load.verdict);
  }
}

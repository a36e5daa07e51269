import { assertNever } from '../../base/assertNever';
import type { Failure, Scenario, ScenarioKind } from '../../engine/bench/benchResult';
import type { FigureName } from '../../engine/bench/compare';
import { REQUEST_LIMIT_MS } from '../../engine/bench/runBench';
import type { BenchEstimate } from '../../engine/bench/estimate';
import {
  AVAILABILITY_TARGET,
  FIRST_TOKEN_TARGET_MS,
  REQUESTS_PER_SECOND_TARGET,
} from '../../engine/bench/targets';
import type { TargetName } from '../../engine/bench/targets';
import { ERROR_ADVICE } from '../chat/errorAdvice';
import { formatCount, formatMs, formatRate, formatUSD } from '../format';
import type { Translate } from '../translate';

export function scenarioLabel(kind: ScenarioKind, t: Translate): string {
  switch (kind) {
    case 'latency':
      return t('Latency');
    case 'throughput':
      return t('Throughput');
    case 'availability':
      return t('Availability');
    case 'load':
      return t('Load to the limit');
    default:
      return assertNever(kind);
  }
}

/** What a scenario does with each model. */
export function scenarioText(scenario: Scenario, t: Translate): string {
  switch (scenario.kind) {
    case 'latency':
      return t('{0} short requests, one after the other.', scenario.requests);
    case 'throughput':
      return t(
        'Up to {0} short requests, {1} at once, for at most {2}.',
        scenario.requests,
        scenario.concurrency,
        formatMs(scenario.limitMs),
      );
    case 'availability':
      return t(
        '{0} short requests spread over {1}.',
        scenario.requests,
        formatMs(scenario.spreadMs),
      );
    case 'load':
      return t(
        'More and more requests at once, up to {0}, until more than 5 % fail or the first token takes twice as long.',
        scenario.maxConcurrency,
      );
    default:
      return assertNever(scenario);
  }
}

export function failureText(failure: Failure, t: Translate): string {
  if (failure === 'too_slow') return t('Given up after {0}', formatMs(REQUEST_LIMIT_MS));
  if (failure === 'other_model') return t('Another model answered in its place');
  return ERROR_ADVICE[failure](t).title;
}

export function targetText(target: TargetName, t: Translate): string {
  const limit = formatMs(FIRST_TOKEN_TARGET_MS);
  switch (target) {
    case 'p50':
      return t('P50 to the first token below {0}', limit);
    case 'p95':
      return t('P95 to the first token below {0}', limit);
    case 'p99':
      return t('P99 to the first token below {0}', limit);
    case 'requestsPerSecond':
      return t('More than {0} requests per second', REQUESTS_PER_SECOND_TARGET);
    case 'availability':
      return t('More than {0} answered', formatPercent(AVAILABILITY_TARGET));
    default:
      return assertNever(target);
  }
}

export function figureText(figure: FigureName, t: Translate): string {
  switch (figure) {
    case 'firstTokenP50':
      return t('First token, P50');
    case 'firstTokenP95':
      return t('First token, P95');
    case 'firstTokenP99':
      return t('First token, P99');
    case 'tokensPerSecond':
      return t('Tokens per second');
    case 'requestsPerSecond':
      return t('Requests per second');
    case 'answeredShare':
      return t('Answered');
    case 'knee':
      return t('Most at once that held');
    default:
      return assertNever(figure);
  }
}

/** A figure in its own unit. */
export function figureValue(figure: FigureName, value: number): string {
  switch (figure) {
    case 'firstTokenP50':
    case 'firstTokenP95':
    case 'firstTokenP99':
      return formatMs(value);
    case 'tokensPerSecond':
    case 'requestsPerSecond':
      return formatRate(value);
    case 'answeredShare':
      return formatPercent(value);
    case 'knee':
      return formatCount(value);
    default:
      return assertNever(figure);
  }
}

/** The question before anything is sent. `labels`: of the endpoints; `requests`: to all of them together. */
export function sendQuestion(requests: number, labels: readonly string[], t: Translate): string {
  const names = labels.join(', ');
  const count = formatCount(requests);
  if (labels.length === 1) return t('Send up to {0} requests to {1}?', count, names);
  const each = formatCount(requests / labels.length);
  return t('Send up to {0} requests: {1} to each of {2}?', count, each, names);
}

/** What is said before anything is sent. `isDemo`: the simulator answers; `isFree`: nobody is paid. */
export function costQuestion(
  estimate: BenchEstimate,
  where: { readonly isDemo: boolean; readonly isFree: boolean },
  t: Translate,
): string {
  const size = t(
    'About {0} input tokens and at most {1} output tokens, repeats of failed requests aside.',
    formatCount(estimate.inputTokens),
    formatCount(estimate.outputTokens),
  );
  return `${size} ${costSentence(estimate, where, t)}`;
}

function costSentence(
  { costUSD }: BenchEstimate,
  { isDemo, isFree }: { readonly isDemo: boolean; readonly isFree: boolean },
  t: Translate,
): string {
  if (isDemo)
    return t('The demo answers: the cost is $0, and the figures are not those of Claude.');
  if (isFree) return t('The server on this machine answers: the cost is $0.');
  if (costUSD === undefined) {
    return t('The price of at least one of these models is not known, so the cost cannot be told.');
  }
  return t('It costs at most {0}.', formatUSD(costUSD));
}

/** A share of 0-1 with two places, rounded down: what is not everything is never shown as 100 %. */
export function formatPercent(share: number): string {
  const hundredths = Math.floor(Number((share * 10_000).toFixed(6)));
  return `${hundredths / 100} %`;
}

/** Local date and time, "2026-11-29 14:05". */
export function formatMoment(at: number): string {
  const moment = new Date(at);
  const time = moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return `${moment.toLocaleDateString('en-CA')} ${time}`;
}

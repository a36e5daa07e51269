import type { PhaseName } from '../../../protocol/phases';
import type { Column, Outcome } from '../data/requestRows';
import type { DashboardRange } from '../../../protocol/dashboard';

const ranges: Readonly<Record<DashboardRange, string>> = {
  hour: '1 hour',
  day: '24 hours',
  week: '7 days',
  month: '30 days',
  all: 'All',
};
const columns: Readonly<Record<Column, string>> = {
  at: 'Ended',
  outcome: 'Outcome',
  model: 'Model',
  endpoint: 'Endpoint',
  action: 'Action',
  firstTokenMs: 'First token',
  totalMs: 'Total',
  inputTokens: 'Tokens in',
  outputTokens: 'Tokens out',
  costUSD: 'Cost',
  attempts: 'Attempts',
  errorKind: 'Error',
};
const outcomes: Readonly<Record<Outcome, string>> = {
  ok: 'Answered',
  failed: 'Failed',
  stopped: 'Stopped',
};
const actions: Readonly<Partial<Record<string, string>>> = {
  chat: 'Chat',
  inline: 'Small job',
  live: 'Live',
  batch: 'Batch',
};
const phases: Readonly<Record<PhaseName, string>> = {
  queue: 'Waiting in the queue',
  pacing: 'Waiting for the rate limit',
  backoff: 'Waiting to try again',
  recovery: 'Waiting for the endpoint to recover',
  connect: 'Connecting',
  firstByte: 'Until the first byte',
  firstToken: 'Until the first token',
  streaming: 'Streaming the answer',
};

/** Every text of the dashboard, in English. What is added here is missing in Chinese until it is there, too: it does not compile. */
export const english = {
  title: 'Dashboard',
  faultDetail: 'The dashboard could not be shown. The error is in the log.',
  faultAgain: 'Show the dashboard again',

  loading: 'Reading the metrics…',
  emptyTitle: 'Nothing measured yet',
  emptyDetail:
    'Ask a question, and its latency, tokens and cost appear here. Everything is measured and kept on this machine.',
  openChat: 'Open chat',
  nothingTitle: 'Nothing in this time',
  nothingDetail: 'No request ended in the time and with the filters chosen above.',
  showAll: 'Show everything',
  failedTitle: 'The metrics could not be read',
  staleTitle: 'These figures are not up to date: the metrics could not be read',
  retry: 'Retry',
  cut: (count: string, since: string) =>
    `The newest ${count} requests are shown, from ${since} on. Choose a shorter time to see all of it.`,

  byHour: (since: string) =>
    `Requests before ${since} are kept by the hour only: times to first token as means of hourly figures, and neither availability nor single requests.`,

  rangeLabel: 'Time',
  ranges,
  modelLabel: 'Model',
  allModels: 'All models',
  endpointLabel: 'Endpoint',
  allEndpoints: 'All endpoints',
  compare: 'Compare with the period before',
  refresh: 'Refresh',
  refreshed: (time: string) => `Refreshed ${time}`,
  zoomed: (from: string, to: string) => `${from} to ${to}`,
  resetZoom: 'Reset zoom',

  figures: 'Figures',
  none: 'none',
  tiles: {
    requests: 'Requests',
    firstToken: 'First token, median',
    firstTokenP95: 'First token, P95',
    rate: 'Tokens per second',
    errors: 'Error rate',
    availability: 'Availability',
    mtbf: 'Time between failures',
    mttr: 'Time to recovery',
    cost: 'Cost',
    cache: 'Read from cache',
    satisfaction: 'Satisfaction',
    accepted: 'Accepted answers',
  },
  requestsNote: (failed: string) => `${failed} failed`,
  rateNote: 'median of the answers',
  errorsNote: (failed: string, asked: string) => `${failed} of ${asked}`,
  budgetLeft: (objective: string, left: string) =>
    `objective ${objective}, ${left} of the error budget left`,
  budgetSpent: (objective: string) => `objective ${objective} missed, error budget used up`,
  incidents: (count: string) => (count === '1' ? '1 incident' : `${count} incidents`),
  noIncident: 'no incident',
  recoverNote: 'until it answered again',
  unpriced: (count: string) => `${count} without a known price`,
  perRequest: (cost: string) => `${cost} a request`,
  cacheNote: 'of all input tokens',
  thumbs: (up: string, down: string) => `${up} up, ${down} down`,
  noThumbs: 'no answer rated',
  costPerAccepted: (cost: string) => `${cost} each`,
  change: {
    better: 'better',
    worse: 'worse',
    same: 'unchanged',
    new: 'none before',
    little: 'too little before to compare',
  },
  points: (points: string) => `${points} points`,
  againstBefore: (text: string) => `${text} against the period before`,

  charts: {
    latency: 'Time to first token',
    errors: 'Errors',
    throughput: 'Throughput',
    cost: 'Cost',
    headroom: 'Rate-limit headroom',
    concurrency: 'Concurrency',
    machine: 'Extension host',
    delays: 'Delays',
    heat: 'Spread of the time to first token',
  },
  chartsLabel: 'Charts',
  before: (label: string) => `${label}, before`,
  otherErrors: 'other',
  unknownError: 'unknown',
  errorsBefore: 'All, before',
  perMinute: 'Requests per minute',
  rate: 'Tokens per second',
  cost: 'Cost',
  headroom: 'Left of the nearest limit',
  running: 'Running',
  queued: 'Queued',
  concurrency: 'Allowed at once',
  cpu: 'Processor, of one core',
  memory: 'Memory',
  loopDelay: 'Event loop delay, P99',
  store: 'Slowest access to the history',
  network: 'Quickest new connection',
  chartSummary: (parts: string) => `${parts}.`,
  chartPart: (label: string, low: string, high: string, last: string) =>
    `${label} from ${low} to ${high}, last ${last}`,
  chartNothing: 'Nothing was measured in this time.',
  heatSummary: (low: string, high: string, highest: string) =>
    `First tokens came after ${low} to ${high}; up to ${highest} in one cell.`,
  chartLabel: (title: string, summary: string) =>
    `${title}. ${summary} Arrow keys move through it, plus and minus zoom.`,
  showTable: 'Show as table',
  showChart: 'Hide table',
  tableOf: (title: string) => `${title}, as a table`,
  legendOf: (title: string) => `Series of ${title}`,
  timeColumn: 'Time',
  notMeasured: '–',
  heatBand: (from: string, to: string) => `${from}–${to}`,
  heatCount: (count: string) => (count === '1' ? '1 request' : `${count} requests`),
  heatKey: (highest: string) =>
    `The stronger the color, the more requests: up to ${highest} in a cell`,
  marks: 'Marked changes',

  requests: 'Requests',
  requestsOf: (shown: string, all: string) =>
    shown === all
      ? `${all} ${all === '1' ? 'request' : 'requests'}`
      : `${shown} of ${all} requests`,
  filterLabel: 'Filter requests',
  filterHint: 'Model, error or request ID',
  outcomeLabel: 'Outcome',
  allOutcomes: 'All outcomes',
  columns,
  outcomes,
  requestKeys: 'Arrow keys choose a request, Enter opens it',
  action: (name: string): string => actions[name] ?? name,
  noneMatches: 'No request matches.',
  details: 'Details of a request',
  close: 'Close',
  detailNames: {
    requestId: 'Request ID',
    status: 'HTTP status',
    continuations: 'Continued',
    served: 'Answer from',
    cache: 'Prompt cache',
  },
  served: (from: string): string =>
    from === 'shared' ? 'an identical request under way' : 'the answer cache',
  copyRequestId: 'Copy request ID',
  cacheTokens: (read: string, written: string) => `${read} read, ${written} written`,
  times: (count: string) => (count === '1' ? 'once' : `${count} times`),
  waterfall: 'Where the time went',
  phases,
  phaseStart: (start: string) => `, after ${start}`,
};

export type Texts = typeof english;

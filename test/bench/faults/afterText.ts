import type { BenchReport } from '../lib/benchReport';
import { NO_LIMITS, type SimulatorProcess } from '../lib/simulatorProcess';
import { pulseTurns, sdkTurns } from '../lib/turnClients';
import { runFaultyTurns, type FaultyTurns } from './faultyTurns';

const AT_ONCE = 30;
/** Different places in the reply, so that seams fall into prose, code, tables and lists. */
const FAULTS = [
  ...[3, 11, 29, 60].map((after) => `1.25% error after=${after}`),
  ...[5, 17, 40, 90].map((after) => `1.25% truncate after=${after}`),
  ...[7, 23, 50, 120].map((after) => `1.25% cut after=${after}`),
  ...[4, 14, 35, 70].map((after) => `0.75% reset after=${after}`),
  ...[9, 19, 45, 100].map((after) => `0.5% stall after=${after}`),
].join(' + ');
/** One takes a prefill, the other has to be asked. */
const MODELS = ['claude-haiku-4-5', 'claude-sonnet-5-5'];
const QUESTIONS = [
  ...['markdown', 'code ts', 'code python', 'code', 'table 2', 'list 2', 'paragraph 3', 'unicode'],
  ...['long 8', 'history', 'hostile', 'code sql', 'code css', 'table 6', 'list 5', 'code go'],
];
const NOTE =
  'Of all requests 20 % break off at one of twenty places: error event, end without its last event, end inside of an event, reset,\n' +
  'stall. Continuations are exact, repeat the last words, announce themselves with other white space or case, or open the code\n' +
  'block again. Half of the turns go to a model that takes a prefill, half to one that has to be asked. whole: as written.';

/** Faults after the first visible text, where a reply has to be gone on with. */
export async function benchFaultsAfterText(
  report: BenchReport,
  simulators: SimulatorProcess,
  quick: boolean,
): Promise<void> {
  const setup: Omit<FaultyTurns, 'connect'> = {
    options: {
      ...NO_LIMITS,
      burst: true,
      script: FAULTS,
      continuation: 'mixed',
      shape: 'writes=event',
    },
    turns: quick ? 300 : 2_000,
    atOnce: AT_ONCE,
    limitMs: 60_000,
    ask: (turn) => ({
      model: MODELS[turn % MODELS.length] ?? '',
      question: QUESTIONS[Math.floor(turn / MODELS.length) % QUESTIONS.length] ?? '',
    }),
  };
  const settings = {
    concurrency: AT_ONCE,
    'cache.enabled': false,
    'timeouts.firstEventMs': 1_500,
    'timeouts.idleMs': 1_500,
  };
  const ours = await runFaultyTurns(simulators, {
    ...setup,
    connect: (url) => pulseTurns(url, settings),
  });
  const sdk = await runFaultyTurns(simulators, {
    ...setup,
    turns: setup.turns / 10,
    limitMs: 10_000,
    connect: (url) => sdkTurns(url),
  });
  report.addTable('Faults after the first text, Continue automatic', NOTE, [ours.row, sdk.row]);
  report.addTable(
    'What turns failed with after the first text',
    'Pulse; nothing where none did.',
    [...ours.problems].map(([name, turns]) => ({ name, turns })),
  );
  const { wholePercent } = ours.row;
  report.addTarget('faults after text: turns with their whole text', '>=', 99, wholePercent, '%');
}

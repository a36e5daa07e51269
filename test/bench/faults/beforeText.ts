import type { BenchReport } from '../lib/benchReport';
import { NO_LIMITS, type SimulatorProcess } from '../lib/simulatorProcess';
import { pulseTurns, sdkTurns } from '../lib/turnClients';
import { runFaultyTurns, type FaultyTurns } from './faultyTurns';

const FAULTS =
  '5% overload + 4% rate-limit retry-after=1 + 4% reset at=headers + 3% stall at=first + 4% truncate after=0';
const AT_ONCE = 50;
const NOTE =
  `Of all requests 20 % fail: ${FAULTS}.\n` +
  'Pacing is off: these 429s are no limits. whole: the text is that which the server has written. Answers come at once\n' +
  'otherwise; a stall counts after 1.5 s (Pulse) and ends the turn after 30 s (the SDK, which would wait for ever).';

/** Faults before the first visible text, where a turn can be sent again. */
export async function benchFaultsBeforeText(
  report: BenchReport,
  simulators: SimulatorProcess,
  quick: boolean,
): Promise<void> {
  const setup: Omit<FaultyTurns, 'connect'> = {
    options: { ...NO_LIMITS, burst: true, script: FAULTS },
    turns: quick ? 500 : 5_000,
    atOnce: AT_ONCE,
    limitMs: 30_000,
    ask: (turn) => ({
      model: 'claude-haiku-4-5',
      question: `echo Turn ${turn}, ${'and so on, '.repeat(turn % 30)}and that is all.`,
    }),
  };
  const settings = {
    concurrency: AT_ONCE,
    'cache.enabled': false,
    'timeouts.firstEventMs': 1_500,
    // A server that refuses at random is none whose limits can be kept: that is another bench's.
    'pacing.enabled': false,
  };
  const ours = await runFaultyTurns(simulators, {
    ...setup,
    connect: (url) => pulseTurns(url, settings),
  });
  const sdk = await runFaultyTurns(simulators, {
    ...setup,
    turns: setup.turns / 5,
    connect: (url) => sdkTurns(url),
  });
  report.addTable('Faults before the first text', NOTE, [ours.row, sdk.row]);
  report.addTable(
    'What turns failed with before the first text',
    'Pulse; nothing where none did.',
    [...ours.problems].map(([name, turns]) => ({ name, turns })),
  );
  const { wholePercent, requestsPerTurn } = ours.row;
  report.addTarget(
    'faults before text: turns with their whole text',
    '>=',
    99.8,
    wholePercent,
    '%',
  );
  report.addTarget('faults before text: requests per turn', '<=', 1.3, requestsPerTurn, '');
}

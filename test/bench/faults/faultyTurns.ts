import type { SimulatorOptions } from '../../../src/simulator/options';
import { eachAtOnce } from '../lib/eachAtOnce';
import type { RemoteSimulator, SimulatorProcess } from '../lib/simulatorProcess';
import { quantile, rounded } from '../lib/statistics';
import type { TurnClient } from '../lib/turnClients';

export interface FaultyTurns {
  readonly options: SimulatorOptions;
  readonly turns: number;
  readonly atOnce: number;
  /** Who waits longer for a turn gives up: an SDK's call on a stream that stalls never ends. */
  readonly limitMs: number;
  readonly connect: (url: string) => TurnClient;
  /** The model and the question of a turn, by its number. */
  readonly ask: (turn: number) => { readonly model: string; readonly question: string };
}

export interface FaultyTurnsRow {
  readonly name: string;
  readonly [figure: string]: string | number;
  readonly wholePercent: number;
  readonly requestsPerTurn: number;
}

/** Asks so many turns of a server that fails, and compares each text with the one that the server has written. */
export async function runFaultyTurns(
  simulators: SimulatorProcess,
  setup: FaultyTurns,
): Promise<{ readonly row: FaultyTurnsRow; readonly problems: ReadonlyMap<string, number> }> {
  const simulator = await simulators.start(setup.options);
  const client = setup.connect(simulator.url);
  const texts = new Map<string, string>();
  const problems = new Map<string, number>();
  const tookMs: number[] = [];
  let whole = 0;
  const startedAt = performance.now();
  const turns = Array.from({ length: setup.turns }, (_, turn) => turn);
  await eachAtOnce(turns, setup.atOnce, async (turn) => {
    const { model, question } = setup.ask(turn);
    const askedAt = performance.now();
    const messages = [{ role: 'user', content: question }] as const;
    const signal = AbortSignal.timeout(setup.limitMs);
    const answer = await client.ask({ model, messages }, signal);
    tookMs.push(performance.now() - askedAt);
    const expected = await textOf(simulator, texts, question);
    if (answer.whole && answer.text === expected) whole++;
    else {
      const problem = answer.problem ?? differenceOf(answer.text, expected);
      problems.set(problem, (problems.get(problem) ?? 0) + 1);
    }
  });
  const { counters } = await simulator.report();
  client.dispose();
  const row = {
    name: client.name,
    turns: setup.turns,
    wholePercent: rounded((whole / setup.turns) * 100, 2),
    requestsPerTurn: rounded(counters.requests / setup.turns, 3),
    faultedPercent: rounded((counters.faulted / counters.requests) * 100, 1),
    p50Ms: rounded(quantile(tookMs, 0.5), 0),
    p99Ms: rounded(quantile(tookMs, 0.99), 0),
    seconds: rounded((performance.now() - startedAt) / 1_000, 0),
  };
  return { row, problems };
}

async function textOf(
  simulator: RemoteSimulator,
  known: Map<string, string>,
  question: string,
): Promise<string> {
  const text = known.get(question) ?? (await simulator.answerTo(question));
  known.set(question, text);
  return text;
}

function differenceOf(text: string, expected: string): string {
  if (expected.startsWith(text)) return 'cut, and taken for whole';
  return `another text: ${text.length} characters instead of ${expected.length}`;
}

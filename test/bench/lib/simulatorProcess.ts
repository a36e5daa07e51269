import type { ChildProcess } from 'node:child_process';
import type { SimulatorCounters } from '../../../src/simulator/activity';
import type { SimulatorOptions } from '../../../src/simulator/options';
import type { RateUse } from '../../../src/simulator/rateLimits';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator';
import { forkWithRole, hasRole } from './forkedRole';

const ROLE = 'simulators';
const CALL_LIMIT_MS = 20_000;

export interface SimulatorReport {
  readonly counters: SimulatorCounters;
  readonly rateUse: readonly RateUse[];
}

/** What the bench asks of the process with the simulators; `at` is the place of the simulator among those started. */
type Call =
  | { readonly kind: 'start'; readonly options: SimulatorOptions }
  | { readonly kind: 'report'; readonly at: number }
  | { readonly kind: 'play'; readonly at: number; readonly script: string | undefined }
  | { readonly kind: 'answerTo'; readonly at: number; readonly question: string };

interface Asked {
  readonly id: number;
  readonly call: Call;
}
type Answered =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: string };

/** Whether this process is that of the simulators: then it serves until its parent goes, and the caller has nothing to do. */
export function servedAsSimulators(): boolean {
  if (!hasRole(ROLE)) return false;
  const simulators: Simulator[] = [];
  process.once('disconnect', () => process.exit(0));
  process.on('message', ({ id, call }: Asked) => {
    perform(simulators, call).then(
      (result) => answer({ id, result }),
      (error: unknown) => answer({ id, problem: String(error) }),
    );
  });
  return true;
}

function answer(answered: Answered): void {
  process.send?.(answered);
}

async function perform(simulators: Simulator[], call: Call): Promise<unknown> {
  if (call.kind === 'start') {
    const simulator = await startSimulator({ logLimit: 0, ...call.options });
    return { at: simulators.push(simulator) - 1, url: simulator.url };
  }
  const simulator = simulators[call.at];
  if (!simulator) throw new Error(`there is no simulator ${call.at}`);
  switch (call.kind) {
    case 'report':
      return { counters: simulator.counters, rateUse: simulator.rateUse } satisfies SimulatorReport;
    case 'play':
      return simulator.play(call.script);
    case 'answerTo':
      return simulator.answerTo(call.question);
  }
}

/** A simulator in the other process. */
export class RemoteSimulator {
  readonly #ask: (call: Call) => Promise<unknown>;
  readonly #at: number;
  /** Base URL without `/v1`. */
  readonly url: string;

  constructor(ask: (call: Call) => Promise<unknown>, at: number, url: string) {
    this.#ask = ask;
    this.#at = at;
    this.url = url;
  }

  async report(): Promise<SimulatorReport> {
    return (await this.#ask({ kind: 'report', at: this.#at })) as SimulatorReport;
  }

  /** Begins a script of faults now. */
  async play(script: string | undefined): Promise<void> {
    await this.#ask({ kind: 'play', at: this.#at, script });
  }

  /** The whole text that it answers this question with. */
  async answerTo(question: string): Promise<string> {
    return (await this.#ask({ kind: 'answerTo', at: this.#at, question })) as string;
  }
}

/** Simulators in a process of their own, on real time: their work is not the client's. */
export class SimulatorProcess {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (answered: Answered) => void>();
  #calls = 0;

  constructor() {
    this.#child = forkWithRole(ROLE);
    this.#child.on('message', (message) => {
      const answered = message as Answered;
      this.#open.get(answered.id)?.(answered);
    });
    this.#child.once('exit', (code) => {
      for (const [id, settle] of this.#open) {
        settle({ id, problem: `the simulators ended with code ${code}` });
      }
    });
  }

  async start(options: SimulatorOptions): Promise<RemoteSimulator> {
    const ask = (call: Call): Promise<unknown> => this.#ask(call);
    const { at, url } = (await ask({ kind: 'start', options })) as { at: number; url: string };
    return new RemoteSimulator(ask, at, url);
  }

  stop(): void {
    this.#child.disconnect();
  }

  #ask(call: Call): Promise<unknown> {
    const id = this.#calls++;
    return new Promise<unknown>((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#open.delete(id);
        reject(new Error(`the simulators did not answer to "${call.kind}" in 20 s`));
      }, CALL_LIMIT_MS);
      this.#open.set(id, (answered) => {
        clearTimeout(limit);
        this.#open.delete(id);
        if ('problem' in answered) reject(new Error(answered.problem));
        else resolve(answered.result);
      });
      this.#child.send({ id, call } satisfies Asked);
    });
  }
}

/** Limits that no bench reaches, for what is not about them: a client that keeps to those reported would wait. */
export const NO_LIMITS: SimulatorOptions = {
  limits: { requests: 1_000_000, inputTokens: 1_000_000_000, outputTokens: 1_000_000_000 },
  enforce: false,
};

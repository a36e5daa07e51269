import type { RegexEngine, RegexEngineString } from '@shikijs/core';
import {
  createJavaScriptRegexEngine,
  defaultJavaScriptRegexConstructor,
} from '@shikijs/engine-javascript';

type Scanner = ReturnType<RegexEngine['createScanner']>;
type Match = ReturnType<Scanner['findNextMatchSync']>;

/** Thrown through the tokenizer when its time is up: the line is to be started again, what was prepared stays. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * The browser compiles a regular expression when it is first used, to bytecode, and when it is used again, to machine code.
 * A big grammar has hundreds, which would stop the page for 100 ms and more in its first line.
 */
const WARM_UP_RUNS = 3;
const WARM_UP_TEXT = 'a';

/** Regular expressions for grammars, prepared one by one while there is time. */
export class PatientEngine implements RegexEngine {
  /** Whether preparing may go on; asked after each expression. */
  timeLeft: () => boolean = () => true;
  readonly #prepared = new Map<string, RegExp | Error>();
  /** Runs that expressions still have before them, where they are not warm yet. */
  readonly #coldRuns = new Map<string, number>();
  readonly #engine = createJavaScriptRegexEngine({
    // A pattern that JavaScript has no equivalent of is left out; the rest of its grammar works.
    forgiving: true,
    cache: this.#prepared,
  });

  createScanner(patterns: (string | RegExp)[]): Scanner {
    return new PatientScanner(patterns, this);
  }

  createString(text: string): RegexEngineString {
    return this.#engine.createString(text);
  }

  /** A scanner of patterns that are all prepared. */
  scanner(patterns: (string | RegExp)[]): Scanner {
    return this.#engine.createScanner(patterns);
  }

  /**
   * Translating a long pattern, and each of its first runs, may take a few frames' time by itself: they are steps.
   * @throws OutOfTime after a step of a pattern that was not ready before, when time is up.
   */
  prepare(pattern: string | RegExp): void {
    if (typeof pattern !== 'string') return;
    while (this.#takeStep(pattern)) {
      if (!this.timeLeft()) throw new OutOfTime('preparing a grammar');
    }
  }

  /** Returns whether there was something to do. */
  #takeStep(pattern: string): boolean {
    const known = this.#prepared.get(pattern);
    if (known === undefined) {
      this.#prepared.set(
        pattern,
        orError(() => defaultJavaScriptRegexConstructor(pattern)),
      );
      this.#coldRuns.set(pattern, WARM_UP_RUNS);
      return true;
    }
    const runs = this.#coldRuns.get(pattern);
    if (runs === undefined) return false;
    if (runs > 1) this.#coldRuns.set(pattern, runs - 1);
    else this.#coldRuns.delete(pattern);
    if (known instanceof RegExp)
      this.#prepared.set(
        pattern,
        orError(() => warmed(known)),
      );
    return true;
  }
}

function warmed(expression: RegExp): RegExp {
  expression.lastIndex = 0;
  expression.exec(WARM_UP_TEXT);
  return expression;
}

function orError<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

class PatientScanner implements Scanner {
  readonly #patterns: (string | RegExp)[];
  readonly #engine: PatientEngine;
  #ready: Scanner | undefined;

  constructor(patterns: (string | RegExp)[], engine: PatientEngine) {
    this.#patterns = patterns;
    this.#engine = engine;
  }

  findNextMatchSync(...args: Parameters<Scanner['findNextMatchSync']>): Match {
    if (!this.#ready) {
      for (const pattern of this.#patterns) this.#engine.prepare(pattern);
      this.#ready = this.#engine.scanner(this.#patterns);
    }
    return this.#ready.findNextMatchSync(...args);
  }
}

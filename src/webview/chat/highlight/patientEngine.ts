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

  /** @throws OutOfTime after a pattern that was not ready before, when time is up. */
  prepare(pattern: string | RegExp): void {
    if (typeof pattern !== 'string' || this.#prepared.has(pattern)) return;
    try {
      const expression = defaultJavaScriptRegexConstructor(pattern);
      for (let run = 0; run < WARM_UP_RUNS; run++) {
        expression.lastIndex = 0;
        expression.exec(WARM_UP_TEXT);
      }
      this.#prepared.set(pattern, expression);
    } catch (error) {
      this.#prepared.set(pattern, error instanceof Error ? error : new Error(String(error)));
    }
    if (!this.timeLeft()) throw new OutOfTime('preparing a grammar');
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

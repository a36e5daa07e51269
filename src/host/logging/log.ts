import type { Redactor } from './redactor';

/** The part of VS Code's `LogOutputChannel` that is written to. */
export interface LogSink {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Pulse's log: every line passes the redactor. */
export class Log {
  readonly #sink: LogSink;
  readonly #redactor: Redactor;

  constructor(sink: LogSink, redactor: Redactor) {
    this.#sink = sink;
    this.#redactor = redactor;
  }

  debug(message: string): void {
    this.#sink.debug(this.#redactor.redact(message));
  }

  info(message: string): void {
    this.#sink.info(this.#redactor.redact(message));
  }

  warn(message: string): void {
    this.#sink.warn(this.#redactor.redact(message));
  }

  /** With the error's stack and causes, where there are some. */
  error(message: string, error?: unknown): void {
    const text = error === undefined ? message : `${message}: ${describe(error)}`;
    this.#sink.error(this.#redactor.redact(text));
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${describe(error.cause)}`;
}

import { abortReason } from '../../src/base/abort';
import type { Clock } from '../../src/base/clock';
import { sleep } from '../../src/base/abort';
import { EngineError } from '../../src/engine/errors';
import type {
  AttemptIO,
  AttemptResult,
  BaseModel,
  ModelEvent,
  TokenCount,
} from '../../src/engine/models/baseModel';
import type {
  ChatRequest,
  ContentBlock,
  ModelInfo,
  StopReason,
  Usage,
} from '../../src/engine/types';

/** One request's course: what is told, what it took, how it ends. */
export interface Script {
  readonly events?: readonly ModelEvent[];
  /** Passes before the first event. */
  readonly firstTokenMs?: number;
  /** Passes after the last event. */
  readonly tailMs?: number;
  readonly usage?: Partial<Usage>;
  readonly requestId?: string;
  readonly stopReason?: StopReason;
  readonly content?: readonly ContentBlock[];
  readonly model?: string;
  /** Thrown at the end instead of a result. */
  readonly error?: Error;
}

/** A test double at the border of `BaseModel`: plays one script a request, on the given clock. */
export class ScriptedModel implements BaseModel {
  readonly type = 'scripted';
  readonly name: string;
  readonly requests: ChatRequest[] = [];
  /** Requests between start and true end. */
  running = 0;
  readonly #prefill: boolean;
  readonly #scripts: Script[];
  readonly #clock: Clock;

  /** The scripts are taken from the array as requests come. */
  constructor(clock: Clock, scripts: Script[], name = 'scripted-1', prefill = false) {
    this.name = name;
    this.#prefill = prefill;
    this.#clock = clock;
    this.#scripts = scripts;
  }

  get info(): ModelInfo {
    return {
      id: this.name,
      displayName: this.name,
      capabilities: {
        contextWindow: 200_000,
        maxOutputTokens: 8_192,
        thinking: 'none',
        efforts: [],
        maxTemperature: 1,
        prefill: this.#prefill,
      },
      retiresAt: undefined,
      source: 'builtin',
    };
  }

  /** Adds to what is played. */
  play(...scripts: readonly Script[]): void {
    this.#scripts.push(...scripts);
  }

  async startReply(request: ChatRequest, io: AttemptIO): Promise<AttemptResult> {
    this.requests.push(request);
    this.running++;
    try {
      return await this.#play(this.#scripts.shift() ?? {}, io);
    } catch (error) {
      if (!io.signal.aborted) throw error;
      throw new EngineError('aborted', 'stopped', { cause: abortReason(io.signal) });
    } finally {
      this.running--;
    }
  }

  countTokens(): Promise<TokenCount> {
    return Promise.resolve({ tokens: 7, estimated: false });
  }

  isAvailable(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async #play(script: Script, io: AttemptIO): Promise<AttemptResult> {
    const { progress } = io;
    progress.sentAt = this.#clock.now();
    progress.requestId = script.requestId;
    await sleep(script.firstTokenMs ?? 0, io.signal, this.#clock);
    progress.usage = { ...progress.usage, ...script.usage };
    progress.firstByteAt = this.#clock.now();
    for (const event of script.events ?? []) {
      progress.firstTokenAt ??= this.#clock.now();
      if (event.type !== 'thinking') progress.visible = true;
      io.onEvent(event);
    }
    await sleep(script.tailMs ?? 0, io.signal, this.#clock);
    if (script.error) throw script.error;
    return {
      model: script.model ?? this.name,
      content: script.content ?? contentOf(script.events ?? []),
      stopReason: script.stopReason ?? 'end_turn',
    };
  }
}

export function text(value: string): ModelEvent {
  return { type: 'text', text: value };
}

export function thinking(value: string): ModelEvent {
  return { type: 'thinking', text: value };
}

function contentOf(events: readonly ModelEvent[]): ContentBlock[] {
  const written = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return written === '' ? [] : [{ type: 'text', text: written }];
}

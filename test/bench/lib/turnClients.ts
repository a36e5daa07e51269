import type Anthropic from '@anthropic-ai/sdk';
import { Engine } from '../../../src/engine/engine';
import { parseSettings } from '../../../src/engine/settings';
import type { Message } from '../../../src/engine/types';
import { newSdkClient } from './streamClients';

/** A turn as both sides are asked for it. */
export interface TurnQuestion {
  readonly model: string;
  readonly messages: readonly Message[];
}

export interface TurnAnswer {
  /** Visible text, as far as it came. */
  readonly text: string;
  /** Whether the client says that the reply is whole. */
  readonly whole: boolean;
  /** From asking to the first text, ms; `undefined` when there was none. */
  readonly firstTextMs: number | undefined;
  /** Name of what it failed with. */
  readonly problem: string | undefined;
}

/** One way to get turns answered. Never rejects. */
export interface TurnClient {
  readonly name: string;
  ask(question: TurnQuestion, signal: AbortSignal): Promise<TurnAnswer>;
  dispose(): void;
}

const MAX_TOKENS = 4_096;

/** Settings as in the editor's settings.json, with or without `pulse.`. */
export function pulseTurns(
  baseURL: string,
  settings: Readonly<Record<string, unknown>> = {},
): TurnClient & { readonly engine: Engine } {
  const engine = new Engine({
    endpoint: { id: 'bench', baseURL, authStyle: 'bearer', apiVersion: '2026-10-21', headers: {} },
    keys: { getKey: () => Promise.resolve('bench-key') },
    settings: parseSettings(settings),
  });
  engine.metrics.onChange(() => engine.metrics.snapshot());
  return {
    name: 'Pulse',
    engine,
    ask: async ({ model, messages }, signal) => {
      const gathered = new Gathered();
      const request = { model, messages, action: 'chat', thinking: 'off' } as const;
      try {
        const reply = await engine.stream(request, {
          signal,
          onEvent: (event) => {
            if (event.type === 'text') gathered.add(event.text);
          },
        });
        // What was told and what is handed back have to be the same.
        return gathered.answer(reply.text === gathered.text, undefined);
      } catch (error) {
        return gathered.answer(false, nameOf(error));
      }
    },
    dispose: () => engine.dispose(),
  };
}

/** The SDK with its own two retries, its stream iterated. */
export function sdkTurns(baseURL: string): TurnClient {
  const client = newSdkClient(baseURL);
  return {
    name: 'SDK, as it comes',
    ask: async ({ model, messages }, signal) => {
      const gathered = new Gathered();
      const body = {
        model,
        max_tokens: MAX_TOKENS,
        messages: messages as Anthropic.MessageParam[],
        stream: true,
      } as const;
      try {
        for await (const event of await client.messages.create(body, { signal })) {
          if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
          gathered.add(event.delta.text);
        }
        return gathered.answer(true, undefined);
      } catch (error) {
        return gathered.answer(false, nameOf(error));
      }
    },
    dispose: () => undefined,
  };
}

class Gathered {
  readonly #askedAt = performance.now();
  readonly #texts: string[] = [];
  #firstTextMs: number | undefined;

  get text(): string {
    return this.#texts.join('');
  }

  add(text: string): void {
    this.#firstTextMs ??= performance.now() - this.#askedAt;
    this.#texts.push(text);
  }

  answer(whole: boolean, problem: string | undefined): TurnAnswer {
    return { text: this.text, whole, firstTextMs: this.#firstTextMs, problem };
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'kind' in error ? String(error.kind) : error.name;
}

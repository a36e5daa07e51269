import { systemClock } from '../../../src/base/clock';
import type { Engine } from '../../../src/engine/engine';
import type {
  AttemptIO,
  AttemptResult,
  BaseModel,
  TokenCount,
} from '../../../src/engine/models/baseModel';
import type { ModelContext } from '../../../src/engine/models/modelFactory';
import { BENCH_MODEL, newBenchEngine } from '../lib/streamClients';

/** Nothing is ever sent here. */
const NOWHERE = 'http://127.0.0.1:1';

export const SMALL_USAGE = {
  inputTokens: 12,
  outputTokens: 3,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/** As the API sends them, with limits that a bench does not reach. */
export const RATE_LIMIT_HEADERS = new Headers(
  ['requests', 'input-tokens', 'output-tokens', 'tokens'].flatMap((limit): [string, string][] => [
    [`anthropic-ratelimit-${limit}-limit`, '1000000000'],
    [`anthropic-ratelimit-${limit}-remaining`, '999999000'],
    [`anthropic-ratelimit-${limit}-reset`, new Date().toISOString()],
  ]),
);

/** The whole engine over a model that answers without a network. */
export function newInstantEngine(): Engine {
  const engine = newBenchEngine(NOWHERE, 10);
  engine.models.registerType({
    type: 'instant',
    defaultModel: BENCH_MODEL,
    create: (context) => new InstantModel(context),
  });
  engine.models.setDefaultType('instant');
  return engine;
}

/** A model whose whole reply is there at once: headers, one text event and its usage. */
class InstantModel implements BaseModel {
  readonly type;
  readonly name;
  readonly info;

  constructor({ type, name, catalog }: ModelContext) {
    this.type = type;
    this.name = name;
    this.info = catalog.info(name);
  }

  startReply(
    _request: unknown,
    { progress, onEvent, onAnswer }: AttemptIO,
  ): Promise<AttemptResult> {
    const now = systemClock.now();
    progress.sentAt = now;
    progress.firstByteAt = now;
    progress.firstTokenAt = now;
    progress.usage = SMALL_USAGE;
    onAnswer?.(200, RATE_LIMIT_HEADERS);
    onEvent({ type: 'text', text: 'yes' });
    return Promise.resolve({
      model: this.name,
      content: [{ type: 'text', text: 'yes' }],
      stopReason: 'end_turn',
    });
  }

  countTokens(): Promise<TokenCount> {
    return Promise.resolve({ tokens: SMALL_USAGE.inputTokens, estimated: false });
  }

  isAvailable(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

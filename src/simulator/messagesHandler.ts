import { sleep } from '../base/abort';
import type { Clock } from '../base/clock';
import type { Activity } from './activity';
import { invalid } from './apiProblem';
import { CONTINUATION_STYLES } from './answers/continuation';
import type { ContinuationStyle } from './answers/continuation';
import { BoundedMap } from '../base/boundedMap';
import { applyEarlyFaults, readSpec } from './earlyFaults';
import type { Exchange } from './exchange';
import type { Fault } from './faults/fault';
import type { FaultBook } from './faults/faultBook';
import { parseScript } from './faults/faultScript';
import { parseFaults } from './faults/faultSpec';
import type { ScriptPlayer } from './faults/scriptPlayer';
import { modelFamily } from './models';
import type { ResolvedOptions } from './options';
import { planPace } from './pacing';
import type { Pace } from './pacing';
import { PromptCache } from './promptCache';
import type { InputUsage } from './promptCache';
import { hashSeed, Random } from './random';
import { poolName, RateLimits } from './rateLimits';
import type { RateUse } from './rateLimits';
import { apiVersionOf, keyIdOf } from './requests/access';
import { conversationKey, readConversation } from './requests/conversation';
import type { Conversation } from './requests/conversation';
import { countInput } from './requests/countInput';
import type { MessagesRequest } from './requests/messagesRequest';
import { readJsonBody } from './requests/readBody';
import { validateRequest } from './requests/validateRequest';
import { SpecError } from './specText';
import { parseShape } from './streamShape';
import type { StreamShape } from './streamShape';
import { composeReply } from './wire/composeReply';
import { errorInsteadOf, sendJsonBody } from './wire/jsonReply';
import { wholeMessage } from './wire/messageShape';
import { outputTokens } from './wire/reply';
import type { SimulatedReply } from './wire/reply';
import { breaksOff } from './wire/scriptedAnswer';
import { StreamReply } from './wire/streamReply';

/** Share of good answers that carry a `retry-after` all the same, as the API's do. */
const NEEDLESS_RETRY_AFTER = 0.05;

interface Turn {
  readonly exchange: Exchange;
  readonly request: MessagesRequest;
  readonly random: Random;
  readonly faults: readonly Fault[];
  /** Whose rate limits it counts against. */
  readonly pool: string;
}

/** What counts against the input limit: cache reads do not. */
function uncachedTokens({ inputTokens, write5mTokens, write1hTokens }: InputUsage): number {
  return inputTokens + write5mTokens + write1hTokens;
}

/** Answers POST /v1/messages and /v1/messages/count_tokens. */
export class MessagesHandler {
  readonly #cache: PromptCache;
  readonly #limits: RateLimits;
  /** Conversations whose last reply ended with pause_turn. */
  readonly #paused = new BoundedMap<string, true>(1_000);
  /** How often each question was asked, so that its attempts differ and are the same in every run. */
  readonly #asked = new BoundedMap<string, number>(10_000);

  readonly options: ResolvedOptions;
  readonly faults: FaultBook;
  readonly script: ScriptPlayer;
  readonly activity: Activity;
  readonly clock: Clock;

  constructor(
    options: ResolvedOptions,
    faults: FaultBook,
    script: ScriptPlayer,
    activity: Activity,
    clock: Clock,
  ) {
    this.options = options;
    this.faults = faults;
    this.script = script;
    this.activity = activity;
    this.clock = clock;

    this.#cache = new PromptCache(clock);
    this.#limits = new RateLimits(
      clock,
      options.rateLimitHeaders,
      options.ratePolicy,
      options.seed,
    );
  }

  /** What each key used of its limits. */
  rateUse(): RateUse[] {
    return this.#limits.use();
  }

  /** @throws ApiProblem */
  async countTokens(exchange: Exchange): Promise<void> {
    const request = await this.#read(exchange, 'count_tokens');
    exchange.sendJson(200, { input_tokens: countInput(request) });
  }

  /** @throws ApiProblem */
  async messages(exchange: Exchange): Promise<void> {
    const request = await this.#read(exchange, 'messages');
    const tokens = countInput(request);
    if (tokens > request.model.contextWindow) {
      throw invalid(
        `prompt is too long: ${tokens} tokens > ${request.model.contextWindow} maximum`,
      );
    }
    const conversation = readConversation(request, (open) => breaksOff(request, open));
    for (const script of conversation.scripts) readSpec(() => parseScript(script));
    const random = this.#randomFor(conversation, request);
    const faults = this.#chooseFaults(exchange, conversation, random);
    exchange.logFaults(faults.map(({ text }) => text));
    const pool = poolName(keyIdOf(exchange.request.headers), modelFamily(request.modelId));
    const turn: Turn = { exchange, request, random, faults, pool };
    this.activity.change({ activeStreams: 1 });
    try {
      if (await this.#failEarly(turn)) return;
      await this.#reply(turn, conversation);
    } finally {
      this.activity.change({ activeStreams: -1 });
    }
  }

  async #read(exchange: Exchange, endpoint: 'messages' | 'count_tokens'): Promise<MessagesRequest> {
    const apiVersion = apiVersionOf(exchange.request.headers);
    const body = await readJsonBody(exchange.request);
    exchange.logBody(body);
    return validateRequest(body, {
      apiVersion,
      strictModels: this.options.strictModels,
      endpoint,
      wasPaused: (messages) => this.#paused.has(conversationKey(messages)),
    });
  }

  #randomFor(conversation: Conversation, { modelId }: MessagesRequest): Random {
    const key = `${conversation.key} ${modelId}`;
    const times = this.#asked.get(key) ?? 0;
    this.#asked.set(key, times + 1);
    return new Random(hashSeed(`${this.options.seed} ${key} ${times}`));
  }

  #chooseFaults(exchange: Exchange, conversation: Conversation, random: Random): Fault[] {
    const header = exchange.header('x-simulator-fault');
    const specs = [...(header === undefined ? [] : [header]), ...conversation.faults];
    const asked = readSpec(() => specs.flatMap((spec) => parseFaults(spec)));
    return this.faults.choose({
      endpoint: 'messages',
      conversation: conversation.key,
      asked,
      random,
    });
  }

  /** Faults that come before a reply. Whether one of them answered. */
  async #failEarly({ exchange, request, faults, pool }: Turn): Promise<boolean> {
    const rateHeaders = this.#limits.headers(pool, true);
    if (await applyEarlyFaults(exchange, faults, this.clock, rateHeaders)) return true;
    const problem = request.stream ? undefined : errorInsteadOf(faults);
    if (problem) throw problem;
    return false;
  }

  async #reply(turn: Turn, conversation: Conversation): Promise<void> {
    const { exchange, request, random, faults, pool } = turn;
    const shape = this.#shape(exchange, conversation);
    const continuation = this.#continuation(exchange, conversation);
    const input = this.#cache.use(request, (usage) => this.#admit(pool, usage));
    // Only a request that gets through starts a script: one that is sent again would prolong its own outage.
    for (const script of conversation.scripts) this.script.play(script);
    const stop = faults.find((fault) => fault.kind === 'stop');
    const reply = composeReply({ request, conversation, continuation, stop, input, random });
    const pace = planPace(request.model.speed, this.options, uncachedTokens(input), random);
    if (reply.stopReason === 'pause_turn') this.#paused.set(conversation.key, true);
    await this.#wait(pace.beforeHeadersMs, exchange);
    exchange.setHeaders(this.#limits.headers(pool, false));
    if (random.chance(NEEDLESS_RETRY_AFTER)) {
      exchange.response.setHeader('retry-after', String(random.integer(1, 30)));
    }
    if (request.stream) await this.#stream(turn, reply, shape, pace);
    else await this.#whole(turn, reply, pace);
  }

  async #stream(
    { exchange, faults, random, pool }: Turn,
    reply: SimulatedReply,
    shape: StreamShape,
    pace: Pace,
  ): Promise<void> {
    exchange.response.setHeader('content-type', 'text/event-stream; charset=utf-8');
    exchange.response.setHeader('cache-control', 'no-cache');
    const stream = new StreamReply(exchange.response, {
      reply,
      shape,
      pace,
      faults,
      random,
      clock: this.clock,
      signal: exchange.signal,
      pingIntervalMs: this.options.pingIntervalMs,
      requestId: exchange.requestId,
      cut: exchange.cut,
      produced: (tokens) => this.#limits.take(pool, 'output-tokens', tokens),
    });
    await stream.run();
  }

  async #whole({ exchange, faults, pool }: Turn, reply: SimulatedReply, pace: Pace): Promise<void> {
    const tokens = outputTokens(reply);
    await this.#wait(pace.beforeFirstTokenMs + pace.nextMs(tokens), exchange);
    this.#limits.take(pool, 'output-tokens', tokens);
    exchange.response.setHeader('content-type', 'application/json');
    await sendJsonBody(exchange.response, Buffer.from(JSON.stringify(wholeMessage(reply))), {
      faults,
      clock: this.clock,
      signal: exchange.signal,
      cut: exchange.cut,
    });
  }

  #shape(exchange: Exchange, conversation: Conversation): StreamShape {
    const header = exchange.header('x-simulator-shape');
    const specs = [...(header === undefined ? [] : [header]), ...conversation.shapes];
    return readSpec(() =>
      specs.reduce((shape, spec) => parseShape(spec, shape), this.options.shape),
    );
  }

  #continuation(exchange: Exchange, { continuations }: Conversation): ContinuationStyle {
    const header = exchange.header('x-simulator-continuation');
    const wanted = header ?? continuations.at(-1);
    if (wanted === undefined) return this.options.continuation;
    const style = CONTINUATION_STYLES.find((known) => known === wanted.trim().toLowerCase());
    if (style) return style;
    return readSpec(() => {
      throw new SpecError(
        `continuation: expected one of ${CONTINUATION_STYLES.join(', ')}, got "${wanted}"`,
      );
    });
  }

  /** @throws ApiProblem 429 */
  #admit(pool: string, input: InputUsage): void {
    try {
      this.#limits.admit(pool, uncachedTokens(input));
    } catch (error) {
      this.activity.change({ rateLimited: 1 });
      throw error;
    }
  }

  async #wait(ms: number, exchange: Exchange): Promise<void> {
    if (ms > 0) await sleep(ms, exchange.signal, this.clock);
  }
}

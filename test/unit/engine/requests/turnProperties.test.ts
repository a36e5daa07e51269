import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { AttemptIO, AttemptResult, ModelEvent } from '../../../../src/engine/models/baseModel';
import { addUsage, NO_USAGE } from '../../../../src/engine/requests/usage';
import { MAX_CONTINUATIONS, MAX_PAUSES } from '../../../../src/engine/requests/turn';
import { ERROR_KINDS } from '../../../../src/engine/types';
import type { Action, ChatRequest, Reply, ReplyEvent, Usage } from '../../../../src/engine/types';
import { FakeClock } from '../../../helpers/fakeClock';
import { ScriptedModel, text, thinking } from '../../../helpers/scriptedModel';
import type { Script } from '../../../helpers/scriptedModel';
import { seededRandom } from '../../../helpers/seededRandom';
import { TurnBench } from '../../../helpers/turnBench';

const MINUTE_MS = 60_000;
/** The longest that a scripted request takes. */
const REQUEST_MS = 8_000;
const MAX_BACKOFF_MS = 5_000;
const RETRY_AFTER_MS = 4_000;
const DOWN = new EngineError('overloaded', 'It is down for good.');
const MODELS = ['scripted-1', 'scripted-2'];

const action = fc.constantFrom<Action[]>('chat', 'chat', 'inline', 'live', 'batch');
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('One ', 'two, ', '\n\n', 'three.').map(text) },
  { weight: 1, arbitrary: fc.constant(thinking('hm')) },
  {
    weight: 1,
    arbitrary: fc.constant<ModelEvent>({ type: 'tool_use', id: 't', name: 'n', input: {} }),
  },
);
const failure = fc
  .record({
    // Faults more often than what is wrong with the request.
    kind: fc.oneof(
      fc.constantFrom(...ERROR_KINDS.filter((kind) => kind !== 'internal')),
      fc.constantFrom('overloaded' as const, 'truncated' as const, 'network' as const),
    ),
    retryAfterMs: fc.option(fc.nat(RETRY_AFTER_MS), { nil: undefined }),
  })
  .map(({ kind, retryAfterMs }) => new EngineError(kind, 'It failed.', { retryAfterMs }));
const script: fc.Arbitrary<Script> = fc
  .record({
    events: fc.array(event, { maxLength: 3 }),
    firstTokenMs: fc.nat(REQUEST_MS / 2),
    tailMs: fc.nat(REQUEST_MS / 2),
    usage: fc.record({ inputTokens: fc.nat(50), outputTokens: fc.nat(50) }),
    error: fc.option(failure, { nil: undefined, freq: 3 }),
    stopReason: fc.constantFrom('end_turn', 'end_turn', 'max_tokens', 'pause_turn'),
  })
  .map(({ error, ...rest }) => (error ? Object.assign(rest, { error }) : rest));
const turn = fc.record({
  action,
  startsAt: fc.nat(10_000),
  abortsAt: fc.option(fc.nat(30_000), { nil: undefined, freq: 2 }),
  /** Stopped by who hears so many events, in the middle of the telling. */
  abortsAfter: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 4 }),
  scripts: fc.array(script, { maxLength: 6 }),
  /** After the scripts: all is well, or nothing is ever again. */
  isLost: fc.boolean(),
  inConversation: fc.boolean(),
});
const bad = fc.record({
  turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
  endpoints: fc.constantFrom(['one'], ['one', 'two']),
  prefill: fc.boolean(),
  hedges: fc.boolean(),
  settings: fc.record({
    concurrency: fc.integer({ min: 1, max: 3 }),
    queueLimit: fc.integer({ min: 1, max: 3 }),
    'retry.retries': fc.nat(3),
    'retry.initialDelayMs': fc.nat(2_000),
    'retry.budget': fc.constantFrom(0, 0.5),
    'retry.patienceMs': fc.constantFrom(0, 20_000),
    'breaker.failureThreshold': fc.integer({ min: 1, max: 5 }),
    'breaker.recoveryMs': fc.constantFrom(10_000, 60_000),
    'fallback.models': fc.constantFrom([], ['scripted-2']),
    'reply.autoContinue': fc.constantFrom('off', 'faults', 'always'),
    'pacing.enabled': fc.boolean(),
  }),
  seed: fc.nat(1_000),
});
type BadDay = typeof bad extends fc.Arbitrary<infer T> ? T : never;
type TurnPlan = BadDay['turns'][number];

/** Whatever goes wrong, the longest that all turns take together. */
function boundMs({ turns, settings }: BadDay): number {
  const attempts = settings['retry.retries'] + 1;
  const roundMs = attempts * (REQUEST_MS + MAX_BACKOFF_MS + RETRY_AFTER_MS);
  const models = 1 + settings['fallback.models'].length;
  // Once the scripts are used up nothing breaks off after visible text any more, so that there is at most one exchange for each of
  // them, and the last.
  return turns.reduce((sum, { scripts }) => {
    const exchanges = Math.min(scripts.length, MAX_CONTINUATIONS + MAX_PAUSES) + 1;
    return sum + exchanges * (models * roundMs + 2 * settings['retry.patienceMs'] + MINUTE_MS / 6);
  }, 10_000);
}

/** A turn's own model at all endpoints: plays its scripts, and watches that there is one request at a time. */
class WatchedModel extends ScriptedModel {
  readonly remaining: readonly Script[];
  readonly isLost: boolean;
  most = 0;
  usage: Usage = NO_USAGE;

  constructor(clock: FakeClock, scripts: Script[], name: string, plan: TurnPlan, prefill: boolean) {
    super(clock, scripts, name, prefill);
    this.remaining = scripts;
    this.isLost = plan.isLost;
  }

  override async startReply(request: ChatRequest, io: AttemptIO): Promise<AttemptResult> {
    this.most = Math.max(this.most, this.running + 1);
    try {
      // What it plays next.
      if (this.isLost && this.remaining.length === 0) this.play({ error: DOWN });
      return await super.startReply(request, io);
    } finally {
      this.usage = addUsage(this.usage, io.progress.usage);
    }
  }
}

class WatchedTurn {
  readonly models: readonly WatchedModel[];
  readonly plan: TurnPlan;
  readonly #scripts: Script[];
  readonly #stop = new AbortController();
  told = '';
  settled = 0;
  lateEvents = 0;
  #events = 0;
  outcome: Reply | EngineError | undefined;
  foreignError: unknown;

  constructor(plan: TurnPlan, clock: FakeClock, prefill: boolean) {
    this.plan = plan;
    this.#scripts = [...plan.scripts];
    this.models = MODELS.map((name) => new WatchedModel(clock, this.#scripts, name, plan, prefill));
  }

  start(bench: TurnBench, index: number): void {
    const { action: kind, inConversation } = this.plan;
    const request: ChatRequest = {
      model: 'scripted-1',
      messages: [{ role: 'user', content: 'Why?' }],
      action: kind,
      ...(inConversation ? { conversationId: `talk-${index % 2}` } : {}),
    };
    const reply = bench.start(
      request,
      undefined,
      { signal: this.#stop.signal, onEvent: (told) => this.#hear(told) },
      { model: (name) => this.#model(name) },
    );
    reply.then(
      (value) => this.#end(value),
      (error: unknown) => {
        if (!(error instanceof EngineError)) this.foreignError = error;
        else this.#end(error);
      },
    );
  }

  abort(): void {
    this.#stop.abort();
  }

  get requests(): number {
    return this.models.reduce((sum, { requests }) => sum + requests.length, 0);
  }

  get usage(): Usage {
    return this.models.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  }

  #model(name: string): WatchedModel {
    const model = this.models.find((each) => each.name === name);
    if (!model) throw new Error(`no model ${name}`);
    return model;
  }

  #hear(told: ReplyEvent): void {
    if (this.settled > 0) this.lateEvents++;
    if (told.type === 'text') this.told += told.text;
    if (++this.#events === this.plan.abortsAfter) this.abort();
  }

  #end(outcome: Reply | EngineError): void {
    this.settled++;
    this.outcome = outcome;
  }
}

test('whatever happens to turns, each ends once, within its limits, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(bad, async (day) => {
      const clock = new FakeClock();
      const bench = new TurnBench({
        clock,
        endpoints: day.endpoints,
        random: seededRandom(day.seed),
        settings: {
          ...day.settings,
          'retry.maxDelayMs': MAX_BACKOFF_MS,
          'hedging.enabled': day.hedges,
          'hedging.delayMs': 1_000,
        },
      });
      const turns = day.turns.map((plan) => new WatchedTurn(plan, clock, day.prefill));
      turns.forEach((each, index) => {
        const { startsAt, abortsAt } = each.plan;
        clock.setTimeout(() => each.start(bench, index), startsAt);
        if (abortsAt !== undefined) clock.setTimeout(() => each.abort(), startsAt + abortsAt);
      });
      await clock.advance(boundMs(day));
      for (const each of turns) expectWellEnded(each, day.hedges);
      // What outlives the turns by design (an ejection, a pause between looks) is over by then.
      await clock.advance(60 * MINUTE_MS);
      expect(clock.pending).toBe(0);
      expectAllFree(bench, day);
      bench.dispose();
      expect(clock.pending).toBe(0);
    }),
    { seed: 11, numRuns: Number(process.env['PULSE_RUNS'] ?? 60) },
  );
});

function expectWellEnded(turnUnderTest: WatchedTurn, hedges: boolean): void {
  const { outcome, told, models, requests, usage } = turnUnderTest;
  expect(turnUnderTest.foreignError).toBeUndefined();
  expect(turnUnderTest.settled).toBe(1);
  expect(turnUnderTest.lateEvents).toBe(0);
  const textOfOutcome = outcome instanceof EngineError ? outcome.partialText : outcome?.text;
  expect(textOfOutcome).toBe(told);
  // No script fails with this one.
  if (outcome instanceof EngineError) expect(outcome.kind).not.toBe('internal');
  const totals = outcome instanceof EngineError ? outcome.took : outcome;
  expect(totals?.attempts).toBe(requests);
  expect(totals?.usage).toEqual(usage);
  for (const model of models) {
    expect(model.running).toBe(0);
    expect(model.most).toBeLessThanOrEqual(hedges ? 2 : 1);
  }
}

/** Slots, places and reservations: nobody holds any more. */
function expectAllFree(bench: TurnBench, { endpoints }: BadDay): void {
  expect(bench.metrics.snapshot()).toMatchObject({
    running: 0,
    queued: 0,
    waiting: 0,
    backingOff: 0,
  });
  for (const id of endpoints) {
    const { limiter, pacer } = bench.lanes.get(id);
    expect([limiter.running, limiter.queued]).toEqual([0, 0]);
    expect(pacer.health().filter(({ waiting }) => waiting > 0)).toEqual([]);
    expect(bench.balancer.state(id)).toMatchObject({ running: 0 });
    for (const name of MODELS) {
      const breaker = bench.breakers.get(id, name);
      const places = breaker.state === 'closed' ? 1 : bench.settings.breaker.halfOpenRequests;
      const permits = Array.from({ length: places }, () => breaker.tryAcquire(true));
      expect(permits).not.toContain(undefined);
    }
  }
}

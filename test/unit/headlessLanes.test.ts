import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../src/engine/types';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import type { SimulatorOptions } from '../../src/simulator/options';
import { buildHeadless, HeadlessRun } from '../helpers/headlessDoor';
import type { HeadlessOptions, JsonLine } from '../helpers/headlessDoor';
import { anyNumber, containing, matching } from '../helpers/matchers';
import { seededRandom } from '../helpers/seededRandom';

const key = 'sk-test-0123456789';
const anyText = matching(/./);
const actions: readonly Action[] = ['chat', 'inline', 'live', 'batch'];

interface Asked {
  readonly id: string;
  readonly messages: readonly { readonly role: 'user'; readonly content: string }[];
  readonly [member: string]: unknown;
}

beforeAll(buildHeadless, 60_000);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ burst: true, seed: 7, ...options });
  cleanups.push(() => simulator.close());
  return simulator;
}

function ask(
  baseURL: string,
  requests: readonly Asked[],
  members: Readonly<Record<string, unknown>> = {},
  options: HeadlessOptions = {},
): HeadlessRun {
  const endpoint = { baseURL, apiKey: key };
  const input = { endpoint, model: 'simulator-fast', requests, ...members };
  const run = new HeadlessRun(JSON.stringify(input), options);
  cleanups.push(() => {
    run.child.kill('SIGKILL');
    return run.exited;
  });
  return run;
}

/** Rate limits, which are not known before the first answer, and a limit that adapts would make requests wait, too. */
function slotsAlone(
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { adaptiveConcurrency: false, 'pacing.enabled': false, ...settings };
}

function asks(id: string, content: string, members: Readonly<Record<string, unknown>> = {}): Asked {
  return { id, messages: [{ role: 'user', content }], ...members };
}

function linesOf(run: HeadlessRun, id: string): JsonLine[] {
  return run.lines.filter((line) => line['id'] === id);
}

function textOf(run: HeadlessRun, id: string): string {
  return linesOf(run, id)
    .map((line) => (line.type === 'text' ? String(line['text']) : ''))
    .join('');
}

/** The last words of the questions that the server got, in their order. */
function arrivals({ requests }: Simulator): string[] {
  return requests
    .filter(({ path }) => path.startsWith('/v1/messages'))
    .map(({ body }) => /echo ([\w-]+)/.exec(JSON.stringify(body))?.[1] ?? '');
}

/** The same order for the same seed. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  return list
    .map((value) => ({ value, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ value }) => value);
}

describe('several requests at once', { timeout: 20_000 }, () => {
  test('each has its own lines and its own end', async () => {
    const simulator = await simulate();
    const requests = [
      asks('a', 'long 2 seed=1'),
      asks('bad', '[[fault invalid]] x'),
      asks('b', 'long 2 seed=2', { delayMs: 50 }),
      asks('wrong', 'x', { maxTokens: 0.5 }),
    ];
    const run = ask(simulator.url, requests, { settings: slotsAlone({}) });
    await expect(run.exited).resolves.toBe(1);
    for (const [id, question] of [
      ['a', 'long 2 seed=1'],
      ['b', 'long 2 seed=2'],
    ] as const) {
      expect(textOf(run, id)).toBe(simulator.answerTo(question));
      expect(linesOf(run, id).at(-1)).toMatchObject({ type: 'done', attempts: 1 });
    }
    expect(linesOf(run, 'bad')).toMatchObject([{ type: 'error', kind: 'invalid_request' }]);
    expect(linesOf(run, 'wrong')).toMatchObject([
      { type: 'error', kind: 'invalid_input', message: containing('maxTokens') },
    ]);
    expect(run.lines.every(({ id }) => typeof id === 'string')).toBe(true);
  });

  test('that all succeed end with exit code 0, and a line of measurements for each', async () => {
    const simulator = await simulate();
    const requests = [asks('a', 'echo one'), asks('b', 'echo two')];
    const run = ask(simulator.url, requests, {}, { args: ['--otel'] });
    await expect(run.exited).resolves.toBe(0);
    expect(run.stderr.trim().split('\n')).toHaveLength(2);
    expect(run.stdout + run.stderr).not.toContain(key);
  });

  test('wait in lanes: by priority, in the order of their arrival within one, none forgotten', async () => {
    const simulator = await simulate();
    // These hold both slots until all others wait; then the first is passed on from one to the next.
    const holding = [
      asks('hold-1', '[[fault stall at=headers seconds=1]] echo hold-1'),
      asks('hold-2', '[[fault stall at=headers seconds=3]] echo hold-2'),
    ];
    const waiting = shuffled(
      actions.flatMap((action) =>
        Array.from({ length: 15 }, (_, index) =>
          asks(`${action}-${index}`, `echo ${action}-${index}`, { action }),
        ),
      ),
      3,
    );
    const late = asks('chat-late', 'echo chat-late', { action: 'chat', delayMs: 300 });
    const run = ask(simulator.url, [late, ...holding, ...waiting], {
      settings: slotsAlone({ concurrency: 2 }),
    });
    await expect(run.exited).resolves.toBe(0);
    const inLane = (action: Action): string[] =>
      waiting.filter((each) => each['action'] === action).map(({ id }) => id);
    const expected = [
      ...inLane('chat'),
      'chat-late',
      ...inLane('inline'),
      ...inLane('live'),
      ...inLane('batch'),
    ];
    expect(arrivals(simulator).slice(2)).toEqual(expected);
    for (const id of expected) {
      expect(linesOf(run, id)[0]).toMatchObject({ type: 'waiting', reason: 'queue', limit: null });
      expect(linesOf(run, id).at(-1)).toMatchObject({
        type: 'done',
        timing: { queueMs: anyNumber },
      });
    }
  });

  test('more than the queue holds are refused at once, with the expected wait', async () => {
    const simulator = await simulate();
    const run = ask(
      simulator.url,
      [
        asks('runs', '[[fault stall at=headers seconds=1]] echo runs'),
        asks('waits', 'echo waits'),
        asks('refused', 'echo refused'),
      ],
      { settings: slotsAlone({ concurrency: 1, queueLimit: 1 }) },
    );
    await expect(run.exited).resolves.toBe(1);
    expect(linesOf(run, 'refused')).toMatchObject([{ type: 'error', kind: 'queue_full' }]);
    expect(run.lines[0]).toMatchObject({ type: 'waiting', id: 'waits' });
    expect(linesOf(run, 'waits').at(-1)).toMatchObject({ type: 'done' });
  });

  test('that ask the same share one answer, but for chat', async () => {
    const simulator = await simulate();
    const same = (id: string, action: Action) =>
      asks(id, '[[fault stall at=headers seconds=1]] echo same', { action, temperature: 0 });
    const run = ask(
      simulator.url,
      [same('a', 'inline'), same('b', 'inline'), same('c', 'chat'), same('d', 'chat')],
      { settings: slotsAlone({}) },
    );
    await expect(run.exited).resolves.toBe(0);
    expect(arrivals(simulator)).toHaveLength(3);
    const shared = run.lines.filter(({ type }) => type === 'served');
    expect(shared).toMatchObject([{ from: 'shared' }]);
    expect(textOf(run, 'b')).toBe(textOf(run, 'a'));
    const [done] = linesOf(run, String(shared[0]?.['id'])).slice(-1);
    expect(done).toMatchObject({ type: 'done', servedFrom: 'shared', attempts: 0 });
  });

  test('go to the endpoints of their group only, each with its own key', async () => {
    const [main, beside, other] = await Promise.all([simulate(), simulate(), simulate()]);
    const requests = Array.from({ length: 24 }, (_, index) =>
      asks(`${index}`, `echo ${index}`, index % 2 === 0 ? {} : { group: 'inside' }),
    );
    const run = ask(main.url, requests, {
      others: [
        { id: 'beside', baseURL: beside.url, apiKey: 'sk-beside' },
        { id: 'inside', baseURL: other.url, authStyle: 'none', group: 'inside', models: {} },
      ],
      settings: { concurrency: 4 },
    });
    await expect(run.exited).resolves.toBe(0);
    expect(
      arrivals(other)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(requests.map(({ id }) => Number(id)).filter((id) => id % 2 === 1));
    expect(arrivals(main).length).toBeGreaterThan(0);
    expect(arrivals(beside).length).toBeGreaterThan(0);
    expect(new Set(other.requests.map(({ auth }) => JSON.stringify(auth))).size).toBe(1);
    const served = new Set(run.lines.map((line) => line['endpointId']).filter(Boolean));
    expect(served).toEqual(new Set([new URL(main.url).host, 'beside', 'inside']));
  });

  test('that fail in a small group never turn to the endpoints of another one', async () => {
    const [main, inside, twin] = await Promise.all([simulate(), simulate(), simulate()]);
    inside.faultAlways('overload');
    twin.faultAlways('overload');
    const run = ask(main.url, [asks('a', 'echo a', { group: 'inside' })], {
      others: [
        { id: 'one', baseURL: inside.url, apiKey: key, group: 'inside' },
        { id: 'two', baseURL: twin.url, apiKey: key, group: 'inside' },
      ],
      settings: { 'retry.initialDelayMs': 10, 'retry.patienceMs': 0 },
    });
    await expect(run.exited).resolves.toBe(1);
    expect(run.last).toMatchObject({ type: 'error', kind: 'overloaded' });
    expect(main.requests).toHaveLength(0);
    expect(inside.requests.length).toBeGreaterThan(0);
    expect(twin.requests.length).toBeGreaterThan(0);
  });

  test('stop all together, each with its own end', async () => {
    const simulator = await simulate();
    const run = ask(simulator.url, [
      asks('runs', '[[fault stall at=stream after=5]] long 2 seed=5'),
      asks('later', 'echo later', { delayMs: 60_000 }),
    ]);
    await run.line(({ type }) => type === 'text');
    run.child.kill('SIGTERM');
    await expect(run.exited).resolves.toBe(1);
    const ends = run.lines.filter(({ type }) => type === 'error');
    expect(ends.map((line) => ({ id: line['id'], kind: line['kind'] }))).toEqual([
      { id: anyText, kind: 'aborted' },
      { id: anyText, kind: 'aborted' },
    ]);
    expect(linesOf(run, 'runs').at(-1)).toMatchObject({ partialText: textOf(run, 'runs') });
    expect(textOf(run, 'runs')).not.toBe('');
  });
});

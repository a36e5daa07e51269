import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../helpers/fakeClock';
import { startSimulator } from '../../../src/simulator/simulator';
import type { Simulator } from '../../../src/simulator/simulator';
import type { AskOptions } from './support';
import {
  ask,
  askForEvents,
  errorOf,
  readAll,
  recordAt,
  simulator,
  stopReason,
  textOfDeltas,
} from './support';

const limit = (): AbortSignal => AbortSignal.timeout(5_000);

async function statusOf(response: Response): Promise<number> {
  await response.text();
  return response.status;
}

/** Asks to go on after `partial`, an answer to `question`. */
function goOn(
  question: string,
  partial: string,
  words: string | undefined,
  options: AskOptions = {},
): AskOptions {
  const last = words === undefined ? [] : [{ role: 'user', content: words }];
  const messages = [
    { role: 'user', content: question },
    { role: 'assistant', content: partial },
    ...last,
  ];
  return { ...options, body: { messages } };
}

describe('enforced rate limits', () => {
  const key = (value: string): AskOptions => ({ headers: { authorization: `Bearer ${value}` } });

  it('answer 429 with the wait, and nothing of the refused request is charged', async () => {
    const clock = new FakeClock();
    const server = await simulator({ limits: { requests: 2 } }, clock);
    expect(await statusOf(await ask(server, 'a'))).toBe(200);
    expect(await statusOf(await ask(server, 'b'))).toBe(200);
    const refused = await ask(server, 'c');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.headers.get('x-should-retry')).toBe('true');
    expect(refused.headers.get('anthropic-ratelimit-requests-limit')).toBe('2');
    expect(refused.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(refused.headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-01-01T00:01:00Z');
    const { type, message } = await errorOf(refused);
    expect(type).toBe('rate_limit_error');
    expect(message).toContain('2 requests per minute');
    await clock.advance(30_000);
    expect(await statusOf(await ask(server, 'c'))).toBe(200);
    expect(server.counters.rateLimited).toBe(1);
    expect(server.rateUse).toMatchObject([{ refused: 1, requests: { used: 3, offered: 3 } }]);
  });

  it('are apart for each key and model family', async () => {
    const server = await simulator({ limits: { requests: 1 } }, new FakeClock());
    expect(await statusOf(await ask(server, 'a', key('one')))).toBe(200);
    expect(await statusOf(await ask(server, 'a', key('one')))).toBe(429);
    expect(await statusOf(await ask(server, 'a', key('two')))).toBe(200);
    const sonnet = { ...key('one'), body: { model: 'claude-sonnet-5-5' } };
    expect(await statusOf(await ask(server, 'a', sonnet))).toBe(200);
    const families = server.rateUse.map(({ family }) => family);
    expect(families).toEqual(['simulator-fast', 'simulator-fast', 'sonnet-5']);
    expect(JSON.stringify(server.rateUse)).not.toContain('one');
  });

  it('count input that the cache did not have, once it was accepted', async () => {
    const server = await simulator({ limits: { inputTokens: 4_000 } }, new FakeClock());
    const system = [
      { type: 'text', text: 'Be brief. '.repeat(1_000), cache_control: { type: 'ephemeral' } },
    ];
    const body = { body: { system } };
    expect(await statusOf(await ask(server, 'hello', body))).toBe(200);
    const used = server.rateUse[0]?.inputTokens.used ?? 0;
    expect(used).toBeGreaterThan(2_500);
    expect(await statusOf(await ask(server, 'hello', body))).toBe(200);
    expect((server.rateUse[0]?.inputTokens.used ?? 0) - used).toBeLessThan(50);
    expect(await statusOf(await ask(server, 'word '.repeat(2_000)))).toBe(429);
  });

  it('do not remember the prompt of a refused request', async () => {
    const clock = new FakeClock();
    const server = await simulator({ limits: { inputTokens: 3_000 }, initialFill: 0 }, clock);
    const system = [
      { type: 'text', text: 'Be brief. '.repeat(1_000), cache_control: { type: 'ephemeral' } },
    ];
    expect(await statusOf(await ask(server, 'hello', { body: { system } }))).toBe(429);
    await clock.advance(60_000);
    const [start] = await askForEvents(server, 'hello', { body: { system } });
    const usage = recordAt(recordAt(start?.data, 'message'), 'usage');
    expect(usage['cache_read_input_tokens']).toBe(0);
  });

  it('charge output as it is produced, and headers show what was there before it', async () => {
    const clock = new FakeClock();
    const server = await simulator(
      { limits: { outputTokens: 8_000 }, shape: 'deltaTokens=1' },
      clock,
    );
    const whole = await ask(server, 'paragraph 4');
    expect(whole.headers.get('anthropic-ratelimit-output-tokens-remaining')).toBe('8000');
    await whole.text();
    const produced = server.rateUse[0]?.outputTokens.used ?? 0;
    expect(produced).toBeGreaterThan(500);
    await readAll(await ask(server, 'paragraph 4 [[fault cut after=100]]'));
    expect((server.rateUse[0]?.outputTokens.used ?? 0) - produced).toBe(100);
  });
});

describe('scripts', () => {
  it('play by the clock from the start, and again when told to', async () => {
    const clock = new FakeClock();
    const server = await simulator({ script: 'ok for 5s; overload for 10s; ok' }, clock);
    const status = async (): Promise<number> => statusOf(await ask(server, 'x'));
    expect(await status()).toBe(200);
    await clock.advance(5_000);
    expect(await status()).toBe(529);
    expect(server.scriptState).toMatchObject({ kind: 'playing', phase: 1, leftMs: 10_000 });
    await clock.advance(10_000);
    expect(await status()).toBe(200);
    server.play('server-error for 1s');
    expect(await status()).toBe(500);
    await clock.advance(1_000);
    expect(await status()).toBe(200);
    expect(() => server.play('explode')).toThrow('unknown fault "explode"');
  });

  it('leave health alone unless their scope is all', async () => {
    const server = await simulator({ script: 'overload' });
    const health = async (): Promise<number[]> => {
      const models = await statusOf(await fetch(`${server.url}/v1/models`));
      return [models, (await fetch(server.url, { method: 'HEAD' })).status];
    };
    expect(await health()).toEqual([200, 200]);
    server.play('overload scope=all');
    expect(await health()).toEqual([529, 529]);
  });

  it('begin with a question, which is answered; what comes after meets them', async () => {
    const clock = new FakeClock();
    const server = await simulator({}, clock);
    expect(await statusOf(await ask(server, 'hello [[outage 30s overload]]'))).toBe(200);
    expect(await statusOf(await ask(server, 'x'))).toBe(529);
    // A question that meets the outage does not prolong it.
    await clock.advance(29_000);
    expect(await statusOf(await ask(server, 'hello [[outage 30s overload]]'))).toBe(529);
    await clock.advance(1_000);
    expect(await statusOf(await ask(server, 'x'))).toBe(200);
    const wrong = await ask(server, 'hello [[script explode for 3s]]');
    expect((await errorOf(wrong)).message).toContain('unknown fault "explode"');
  });

  it('have the same outcome for the same seed and requests', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const server = await simulator({ seed, script: '30% overload + 30% server-error' });
      const statuses: number[] = [];
      for (let index = 0; index < 30; index += 1) {
        statuses.push(await statusOf(await ask(server, `question ${index % 5}`)));
      }
      return statuses;
    };
    const first = await run(4);
    expect(await run(4)).toEqual(first);
    expect(await run(5)).not.toEqual(first);
  });
});

describe('several at once', () => {
  it('are independent: names, ids, faults, logs, limits', async () => {
    const [one, two] = await Promise.all([
      simulator({ name: 'one', limits: { requests: 1 } }),
      simulator({ name: 'two' }),
    ]);
    one.faultNext('overload');
    const answers = await Promise.all([ask(one, 'x'), ask(two, 'x')]);
    expect(answers.map(({ status }) => status)).toEqual([529, 200]);
    expect(answers.map(({ headers }) => headers.get('x-simulator-instance'))).toEqual([
      'one',
      'two',
    ]);
    const ids = answers.map(({ headers }) => headers.get('request-id'));
    expect(ids[0]).not.toBe(ids[1]);
    await Promise.all(answers.map((answer) => answer.text()));
    expect([one.requests.length, two.requests.length]).toEqual([1, 1]);
    expect([one.counters.faulted, two.counters.faulted]).toEqual([1, 0]);
  });

  it('send no name when they have none', async () => {
    const response = await ask(await simulator(), 'x');
    expect(response.headers.has('x-simulator-instance')).toBe(false);
    await response.text();
  });

  it('can be killed under running requests and started again at the same port', async () => {
    const first = await startSimulator({ latencyMs: 0, speed: 0.01 });
    const running = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ask(first, `long 5 seed=${index}`)),
    );
    const ends = running.map((response) => readAll(response));
    await first.close();
    for (const { error } of await Promise.all(ends)) expect(error).toBeDefined();
    await expect(ask(first, 'x')).rejects.toThrow();
    const second = await simulator({ port: first.port });
    expect(second.url).toBe(first.url);
    expect(await statusOf(await ask(second, 'x'))).toBe(200);
  });
});

describe('answers that are gone on with', () => {
  const question = 'long 6 seed=7';

  /** The beginning of the answer, as it came before a fault. */
  async function partialOf(server: Simulator, after: number): Promise<string> {
    const response = await ask(server, question, {
      headers: { 'x-simulator-fault': `truncate after=${after}` },
    });
    const { text } = await readAll(response);
    const deltas = [...text.matchAll(/"text_delta","text":("(?:[^"\\]|\\.)*")/g)];
    return deltas.map((match) => String(JSON.parse(match[1] ?? '""'))).join('');
  }

  it('have the text that the simulator tells, at every attempt', async () => {
    const server = await simulator();
    for (const asked of [question, 'code 50', 'echo **a**  b', 'hello [[shape pings=odd]]']) {
      const whole = server.answerTo(asked);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        expect(textOfDeltas(await askForEvents(server, asked))).toBe(whole);
      }
    }
    expect(server.answerTo('why?', 'claude-opus-5-5')).toContain('claude-opus-5-5');
    expect(server.answerTo('long 6 seed=8')).not.toBe(server.answerTo(question));
  });

  it.each([
    'Continue.',
    'Your reply broke off. Please continue exactly where it stopped, without repeating anything.',
    'The connection was lost; go on with the very next word.',
  ])('exactly, where no style says otherwise: %s', async (words) => {
    const server = await simulator();
    const whole = server.answerTo(question);
    for (const after of [3, 40, 200]) {
      const partial = await partialOf(server, after);
      expect(partial.length).toBeGreaterThan(10);
      expect(partial.length).toBeLessThan(whole.length);
      const rest = await askForEvents(server, '', goOn(question, partial, words));
      expect(partial + textOfDeltas(rest)).toBe(whole);
    }
  });

  it.each(['repeat', 'rephrase', 'reopen'])(
    'in the style of the header, the question or the option: %s',
    async (style) => {
      const server = await simulator();
      const styled = await simulator({ continuation: style === 'repeat' ? 'repeat' : 'mixed' });
      const whole = server.answerTo(question);
      const partial = whole.slice(0, 2_000);
      const header = { headers: { 'x-simulator-continuation': style } };
      const marked = `${question} [[continuation ${style}]]`;
      const first = await Promise.all([
        askForEvents(server, '', goOn(question, partial, 'Please go on.', header)),
        askForEvents(server, '', goOn(marked, partial, 'Please go on.')),
        askForEvents(styled, '', goOn(question, partial, 'Please go on.', header)),
      ]);
      for (const events of first) {
        const text = textOfDeltas(events);
        expect(text.endsWith(whole.slice(2_000))).toBe(true);
        expect(text.length).toBeGreaterThan(whole.length - 2_000);
      }
    },
  );

  it('again after a continuation that broke off, whatever it began with', async () => {
    const server = await simulator({ continuation: 'rephrase' });
    const whole = server.answerTo(question);
    const later = `Sure, here is the rest:\n\n${whole.slice(1_950, 3_000)}`;
    const messages = [
      { role: 'user', content: question },
      { role: 'assistant', content: whole.slice(0, 2_000) },
      { role: 'user', content: 'It was cut off, continue.' },
      { role: 'assistant', content: later },
      { role: 'user', content: 'It was cut off, continue.' },
    ];
    const text = textOfDeltas(await askForEvents(server, '', { body: { messages } }));
    expect(text.endsWith(whole.slice(3_000))).toBe(true);
    expect(text.length).toBeLessThan(whole.length - 3_000 + 800);
  });

  it('without a word when nothing was missing but the end', async () => {
    const server = await simulator();
    const whole = server.answerTo('hello');
    const words = 'Your reply was cut off. Continue it where it ended.';
    const after = await askForEvents(server, '', goOn('hello', whole, words));
    expect([textOfDeltas(after), stopReason(after)]).toEqual(['', 'end_turn']);
    const prefilled = await askForEvents(server, '', goOn('hello', whole, undefined));
    expect(textOfDeltas(prefilled)).toBe('');
    const person = await askForEvents(server, '', goOn('hello', whole, 'continue'));
    expect(textOfDeltas(person)).toContain('nothing left to add');
  });

  it('exactly from a prefilled answer, in every style', async () => {
    const server = await simulator({ continuation: 'rephrase' });
    const whole = server.answerTo(question);
    const partial = whole.slice(0, 500).trimEnd();
    const rest = await askForEvents(server, '', goOn(question, partial, undefined));
    expect(partial + textOfDeltas(rest)).toBe(whole);
  });

  it('not when the words are a question about something else', async () => {
    const server = await simulator();
    const whole = server.answerTo('hello');
    const about = 'How does one continue a loop in C?';
    const text = textOfDeltas(await askForEvents(server, '', goOn('hello', whole, about)));
    expect(text).toContain('the second question of this conversation');
    const other = await askForEvents(server, '', goOn('hello', 'Something else.', about));
    expect(textOfDeltas(other)).toContain('the second question');
  });

  it('tells what is wrong with a style that it does not know', async () => {
    const server = await simulator();
    const response = await ask(server, 'hello [[continuation wild]]');
    expect((await errorOf(response)).message).toContain('expected one of exact, repeat');
  });

  it('may meet faults again', async () => {
    const server = await simulator({ faultRates: [{ rate: 1, fault: 'truncate after=5' }] });
    const whole = server.answerTo(question);
    const options = goOn(question, whole.slice(0, 500), 'Continue.');
    const { text } = await readAll(await ask(server, '', options));
    expect(text).not.toContain('message_stop');
    await settle();
    await server.until(({ faulted }) => faulted === 1, limit());
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../../src/engine/errors';
import { builtinInfo } from '../../../../../src/engine/models/capabilities';
import { estimateTokens } from '../../../../../src/engine/models/tokenEstimate';
import { REFERENCE_START } from '../../../../../src/engine/requests/shaping/fences';
import type { ShapeContext, Shaped } from '../../../../../src/engine/requests/shaping/shaper';
import { shape } from '../../../../../src/engine/requests/shaping/shaper';
import { parseSettings } from '../../../../../src/engine/settings';
import type { ChatRequest, ContentBlock, Message } from '../../../../../src/engine/types';
import { containing } from '../../../../helpers/matchers';
import { testRequest } from '../../../../helpers/modelHarness';

/** A window of 200,000 tokens, of which 195,904 are left beside the reply. */
const SMALL = 'claude-haiku-4-5';
const CAP = 1_000;
/** Tokens of each message of `chat`, as estimated. */
const EACH = 104;

interface Options extends Partial<Omit<ShapeContext, 'settings' | 'info'>> {
  readonly shaping?: object;
  readonly request?: Partial<ChatRequest>;
}

function shapeOf(messages: readonly Message[], { shaping, request, ...changes }: Options = {}) {
  const asked = testRequest({ model: SMALL, ...request, messages });
  return shape(asked, {
    info: builtinInfo(asked.model),
    settings: parseSettings({ shaping: { maxInputTokens: CAP, ...shaping } }),
    calibration: 1,
    count: () => Promise.resolve(undefined),
    summarise: undefined,
    ...changes,
  });
}

async function failureOf(shaped: Shaped | Promise<Shaped>): Promise<EngineError> {
  try {
    await shaped;
  } catch (error) {
    if (error instanceof EngineError) return error;
  }
  throw new Error('expected a refusal');
}

function user(content: Message['content']): Message {
  return { role: 'user', content };
}

function answer(content: Message['content']): Message {
  return { role: 'assistant', content };
}

/** `turns` questions with their answers, of 104 tokens each, and one question more. */
function chat(turns: number): Message[] {
  const words = (name: string): string => `${name} `.padEnd(300, 'x');
  const messages: Message[] = [];
  for (let turn = 0; turn < turns; turn++) {
    messages.push(user(words(`question ${turn}`)), answer(words(`answer ${turn}`)));
  }
  return [...messages, user(words('last'))];
}

function image(data = 'AAAA'): ContentBlock {
  return { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
}

const toolUse = (id: string): Message => answer([{ type: 'tool_use', id, name: 'n', input: {} }]);
const toolResult = (id: string, size = 300): Message =>
  user([{ type: 'tool_result', tool_use_id: id, content: 'x'.repeat(size) }]);

describe('shape', () => {
  it('gives an ordinary request back as it is, at once', () => {
    const request = testRequest({ messages: chat(2), system: ['stable', 'changing'] });
    const shaped = shapeOf(chat(2));
    expect(shaped).not.toBeInstanceOf(Promise);
    const context = { info: builtinInfo(SMALL), settings: parseSettings({}), calibration: 1 };
    const count = () => Promise.reject(new Error('nothing to count'));
    expect(shape(request, { ...context, count, summarise: undefined })).toEqual({
      request,
      notes: [],
      inputTokens: estimateTokens(request),
    });
  });

  it('compacts long content at once, and says by how much', () => {
    const file = 'line        \n'.repeat(400);
    const shaped = shapeOf([user(file), answer('Yes.'), user(file)], {
      shaping: { compactUserFrom: 100, maxInputTokens: 0 },
    });
    expect(shaped).toMatchObject({
      notes: [{ kind: 'compacted', characters: 2 * file.length - 400 * 'line  \n'.length - 66 }],
      request: { messages: [{}, {}, { content: containing(REFERENCE_START) }] },
    });
  });
});

describe('counting', () => {
  it('is left to the server from 80 % of the limit on, in calibrated tokens', async () => {
    const asked: number[] = [];
    const count = (request: ChatRequest): Promise<number> => {
      asked.push(request.messages.length);
      return Promise.resolve(CAP);
    };
    expect(shapeOf(chat(3), { count })).not.toBeInstanceOf(Promise);
    const whole = await shapeOf(chat(3), { count, calibration: 1.2 });
    expect(whole.notes).toEqual([]);
    expect((await shapeOf(chat(20), { count })).request.messages).toHaveLength(41);
    expect(asked).toEqual([7, 41]);
  });

  it('that says more than the estimate leads to dropping by what it says', async () => {
    const count = (request: ChatRequest): Promise<number> =>
      Promise.resolve(2 * estimateTokens(request));
    const { request, notes } = await shapeOf(chat(4), { count });
    expect(2 * estimateTokens(request)).toBeLessThanOrEqual(CAP);
    expect(notes).toEqual([{ kind: 'dropped', messages: 6, tokens: 6 * 2 * EACH }]);
  });

  it('that fails leaves the estimate; one that was stopped stops', async () => {
    const failing = await shapeOf(chat(9), { count: () => Promise.reject(new Error('no way')) });
    expect(failing.notes).toMatchObject([{ kind: 'dropped' }]);
    const stopped = new EngineError('aborted', 'Stopped.');
    expect(await failureOf(shapeOf(chat(9), { count: () => Promise.reject(stopped) }))).toBe(
      stopped,
    );
  });
});

describe('history that outgrows the limit', () => {
  it('loses its oldest turns, in steps of a quarter of the limit, and says so', async () => {
    const { request, notes, inputTokens } = await shapeOf(chat(5));
    expect(request.messages).toEqual(chat(5).slice(4));
    expect(notes).toEqual([{ kind: 'dropped', messages: 4, tokens: 4 * EACH }]);
    expect(inputTokens).toBe(estimateTokens(request));
  });

  it('begins at the same place for several turns, for the prompt cache', async () => {
    const firsts: unknown[] = [];
    for (let turns = 30; turns < 60; turns++) {
      const { request } = await shapeOf(chat(turns), { shaping: { maxInputTokens: 4_000 } });
      firsts.push(request.messages[0]?.content);
    }
    // 30 turns add 6,240 tokens, at 1,000 a step.
    expect(new Set(firsts).size).toBeLessThanOrEqual(8);
  });

  it('begins at the same place when the count differs a little', async () => {
    const firsts: unknown[] = [];
    for (const factor of [1.51, 1.52, 1.53, 1.54]) {
      const { request } = await shapeOf(chat(60), {
        shaping: { maxInputTokens: 4_000 },
        count: (counted) => Promise.resolve(Math.round(factor * estimateTokens(counted))),
      });
      firsts.push(request.messages[0]?.content);
    }
    expect(new Set(firsts).size).toBe(1);
  });

  it('keeps tool calls with their results', async () => {
    // The first result alone is more than the quarter that has to go.
    const work = [user('do it'), toolUse('a'), toolResult('a', 800), toolUse('b'), toolResult('b')];
    const { request } = await shapeOf([...work, answer('done'), ...chat(3)]);
    expect(request.messages).toEqual(chat(3));
  });

  it('refers to no text that was dropped', async () => {
    const file = 'same '.repeat(300);
    const shaping = { compactUserFrom: 0 };
    const twice = [user(file), answer('a'), user(file), answer('b'), user('c')];
    expect((await shapeOf(twice, { shaping })).request.messages[2]?.content).toContain(
      REFERENCE_START,
    );
    const longer = [...twice.slice(0, -1), ...chat(2)];
    const { request } = await shapeOf(longer, { shaping: { ...shaping, maxInputTokens: 1_100 } });
    expect(request.messages[0]).toEqual(user(file));
  });

  it('leaves what was sent before compaction began as it was', async () => {
    const file = 'same '.repeat(240);
    const earlier = [user(file), answer('a'), user(file), answer('b'), user('c')];
    const { request, notes } = await shapeOf([user('x'.repeat(1_800)), answer('z'), ...earlier], {
      shaping: { compactUserFrom: 1_800 + 2 * file.length + 1, maxInputTokens: 1_400 },
    });
    expect(request.messages).toEqual(earlier);
    expect(notes).toMatchObject([{ kind: 'dropped', messages: 2 }]);
  });

  it('makes room for images and bytes, too', async () => {
    const pictures = (count: number): Message => user(Array.from({ length: count }, () => image()));
    const many = [pictures(60), answer('a'), pictures(30), answer('b'), pictures(20)];
    const fewer = await shapeOf(many, { shaping: { maxInputTokens: 0 } });
    expect(fewer.request.messages).toEqual(many.slice(2));
    const large = user([image('A'.repeat(15 * 1024 * 1024))]);
    const heavy = [large, answer('a'), large, answer('b'), large];
    const lighter = await shapeOf(heavy, { shaping: { maxInputTokens: 0 } });
    expect(lighter.request.messages).toEqual(heavy.slice(4));
  });

  it.each<[string, readonly Message[], object, RegExp]>([
    [
      'the user allows',
      [user('q'), answer('a'), user('x'.repeat(9_000))],
      {},
      /about 3,004 tokens .* shaping\.maxInputTokens allows 1,000\. Send less/,
    ],
    [
      "the model's window holds",
      [user('x'.repeat(600_000))],
      { maxInputTokens: 0 },
      /about 200,004 tokens .* claude-haiku-4-5 has room for 195,904 beside its reply\. Send less/,
    ],
    [
      'a body may have',
      [user([image('A'.repeat(36 * 1024 * 1024))])],
      { maxInputTokens: 0 },
      /too large to be sent: 36\.0 MB .* 32\.0 MB\. Attach/,
    ],
    [
      'the model takes of images',
      [user(Array.from({ length: 101 }, () => image()))],
      { maxInputTokens: 0 },
      /too many images: 101, where claude-haiku-4-5 takes 100/,
    ],
  ])(
    'ends in a refusal when the question alone is more than %s',
    async (_, asked, shaping, message) => {
      let counts = 0;
      const count = (): Promise<undefined> => Promise.resolve(void counts++);
      const error = await failureOf(shapeOf(asked, { shaping, count }));
      // What is too large in bytes or images would be refused as a question to count, too.
      expect(counts > 0).toBe(error.message.includes('tokens'));
      expect(error).toMatchObject({ kind: 'request_too_large', retryable: false });
      expect(error.message).toMatch(message);
    },
  );

  it('leaves half of the window at least to the question', () => {
    const request = { model: 'llama3.2', maxTokens: 32_768 };
    const small = shapeOf([user('x'.repeat(30_000))], { request, shaping: { maxInputTokens: 0 } });
    expect(small).not.toBeInstanceOf(Promise);
  });

  it('fits, whatever it is: pairs whole, the question there, nothing more to do', async () => {
    const turn = fc.oneof(
      fc.nat(1_500).map((size): Message[] => [user('q'.repeat(size + 1)), answer('a')]),
      fc.nat(3).map((calls): Message[] => {
        const ids = Array.from({ length: calls }, (_, index) => `t${index}`);
        const steps = ids.flatMap((id) => [toolUse(id), toolResult(id)]);
        return [user('use')].concat(steps, answer('done'));
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { maxLength: 12 }),
        fc.double({ min: 0.5, max: 1.5, noNaN: true }),
        async (turns, calibration) => {
          const messages = [...turns.flat(), user('the question')];
          const { request, notes } = await shapeOf(messages, { calibration });
          const kept = request.messages;
          expect(Math.ceil(estimateTokens(request) * calibration)).toBeLessThanOrEqual(CAP);
          expect(messages.slice(messages.length - kept.length)).toEqual(kept);
          expect(kept[0]?.role).toBe('user');
          expect(JSON.stringify(kept[0])).not.toContain('tool_result');
          const dropped = messages.length - kept.length;
          expect(notes.map((note) => ('messages' in note ? note.messages : 0))).toEqual(
            dropped > 0 ? [dropped] : [],
          );
          expect((await shapeOf(kept, { calibration })).request.messages).toEqual(kept);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('a summary of the oldest turns', () => {
  const shaping = { history: 'summarise' };

  // 11 messages of 104 tokens: to come below 1,000 with room for a summary two quarters have to go.
  it('takes their place, marked as such', async () => {
    const given: (readonly Message[])[] = [];
    const { request, notes, inputTokens } = await shapeOf(chat(5), {
      shaping,
      summarise: (messages) => {
        given.push(messages);
        return Promise.resolve(' They talked. ');
      },
    });
    expect(given).toEqual([chat(5).slice(0, 6)]);
    expect(request.messages).toEqual([
      user(
        containing(
          'A model wrote it; the messages are not here any more.]\n\nThey talked.',
        ) as string,
      ),
      answer('I have read the summary and go on from there.'),
      ...chat(5).slice(6),
    ]);
    expect(notes).toEqual([{ kind: 'summarised', messages: 6, tokens: 6 * EACH }]);
    expect(inputTokens).toBe(estimateTokens(request));
  });

  it.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['is empty', () => Promise.resolve(' \n')],
    ['does not fit itself', () => Promise.resolve('x'.repeat(3_000))],
  ])('that %s leaves them dropped', async (_, summarise) => {
    const { request, notes } = await shapeOf(chat(5), { shaping, summarise });
    expect(request.messages).toEqual(chat(5).slice(6));
    expect(notes).toMatchObject([{ kind: 'dropped', messages: 6 }]);
  });

  it('is not asked for when they are to be dropped', async () => {
    const { notes } = await shapeOf(chat(5), {
      summarise: () => Promise.reject(new Error('not wanted')),
    });
    expect(notes).toMatchObject([{ kind: 'dropped' }]);
  });
});

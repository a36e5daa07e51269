import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../../src/simulator/apiProblem';
import { validateRequest } from '../../../../src/simulator/requests/validateRequest';

const VALID = {
  model: 'simulator-balanced',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
};

function validate(
  changes: Record<string, unknown>,
  context: Partial<Parameters<typeof validateRequest>[1]> = {},
): ReturnType<typeof validateRequest> {
  return validateRequest(
    { ...VALID, ...changes },
    {
      apiVersion: '2026-10-21',
      strictModels: false,
      endpoint: 'messages',
      wasPaused: () => false,
      ...context,
    },
  );
}

function problem(run: () => unknown): ApiProblem {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiProblem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const ASSISTANT = { role: 'assistant', content: 'So' };
const [USER] = VALID.messages;

describe('validateRequest', () => {
  it.each<[string, Record<string, unknown>]>([
    ['model: Field required', { model: undefined }],
    ['max_tokens: Field required', { max_tokens: undefined }],
    ['max_tokens: Input should be a valid integer', { max_tokens: '5' }],
    ['max_tokens: 999999 > 128000, which is the maximum', { max_tokens: 999_999 }],
    ['messages: Field required', { messages: undefined }],
    ['messages: at least one message is required', { messages: [] }],
    ['messages.0.role: Input should be', { messages: [{ role: 'robot', content: 'x' }] }],
    ['Unexpected role "system"', { messages: [{ role: 'system', content: 'x' }] }],
    ['first message must use the "user" role', { messages: [ASSISTANT, USER] }],
    ['messages.0: all messages must have non-empty', { messages: [{ role: 'user', content: '' }] }],
    [
      'text content blocks must be non-empty',
      { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
    ],
    [
      "Input tag 'fallback' found using 'type' does not match",
      { messages: [{ role: 'user', content: [{ type: 'fallback' }] }] },
    ],
    [
      'unexpected `tool_use_id` found in `tool_result` blocks: t9',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't9' }] }] },
    ],
    [
      '`tool_use` ids were found without `tool_result` blocks',
      {
        messages: [
          USER,
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'a', input: {} }] },
          USER,
        ],
      },
    ],
    [
      'document blocks are not permitted in assistant turns',
      {
        messages: [USER, { role: 'assistant', content: [{ type: 'document', source: {} }] }, USER],
      },
    ],
    ['temperature: this parameter is not supported', { temperature: 1 }],
    ['top_p: this parameter is not supported', { top_p: 0.9 }],
    [
      "does not support effort level 'xhigh'. Supported levels: low, medium, high.",
      { output_config: { effort: 'xhigh' } },
    ],
    ["effort: Input should be 'low'", { output_config: { effort: 'extreme' } }],
    [
      'does not support the effort parameter',
      { model: 'simulator-fast', output_config: { effort: 'low' } },
    ],
    ['does not support assistant message prefill', { messages: [USER, ASSISTANT] }],
    ['"enabled" is not supported', { thinking: { type: 'enabled', budget_tokens: 2_000 } }],
    ['"disabled" is not supported', { model: 'simulator-deep', thinking: { type: 'disabled' } }],
    [
      'forcing tool use ("any") is not supported',
      { model: 'simulator-deep', tools: [{ name: 'a' }], tool_choice: { type: 'any' } },
    ],
    ['stream: Input should be a valid boolean', { stream: 'yes' }],
    ['tools.0.name: String should match', { tools: [{ name: 'not a name' }] }],
    ['stop_sequences: each stop sequence', { stop_sequences: [' '] }],
  ])('refuses with "%s"', (message, changes) => {
    const refused = problem(() => validate(changes));
    expect(refused.message).toContain(message);
    expect([refused.status, refused.type]).toEqual([400, 'invalid_request_error']);
  });

  it('answers for any model name, or only for its own', () => {
    expect(validate({ model: 'claude-opus-5-5' }).modelId).toBe('claude-opus-5-5');
    const refused = problem(() => validate({ model: 'claude-opus-5-5' }, { strictModels: true }));
    expect([refused.status, refused.type]).toEqual([404, 'not_found_error']);
  });

  it('takes the temperature on the older version where the model does', () => {
    const older = { apiVersion: '2023-06-01' };
    expect(() => validate({ model: 'simulator-fast', temperature: 0.7 }, older)).not.toThrow();
    expect(() => validate({ model: 'claude-opus-5-5', temperature: 1 }, older)).not.toThrow();
    expect(
      problem(() => validate({ model: 'claude-opus-5-5', temperature: 0.7 }, older)).message,
    ).toContain('only the default');
    expect(
      problem(() => validate({ model: 'simulator-fast', temperature: 1.5 }, older)).message,
    ).toBe('temperature: range: 0..1');
  });

  it.each([
    ['claude-fable-5-1', 'disabled', false],
    ['claude-opus-5-5', 'adaptive', true],
    ['claude-sonnet-5-5', 'between_tools', true],
    ['claude-sonnet-5-5', 'disabled', false],
    ['claude-haiku-5-5', 'enabled', false],
    ['claude-opus-4-8', 'disabled', true],
    ['claude-haiku-4-5', 'enabled', true],
    ['claude-haiku-4-5', 'adaptive', false],
  ])('%s with thinking %s: %s', (model, type, accepted) => {
    const run = (): unknown =>
      validate({ model, max_tokens: 5_000, thinking: { type, budget_tokens: 2_000 } });
    if (accepted) expect(run).not.toThrow();
    else expect(problem(run).status).toBe(400);
  });

  it('lets an assistant message end the conversation where the model takes it or the turn was paused', () => {
    const prefilled = { messages: [USER, ASSISTANT] };
    expect(() => validate({ ...prefilled, model: 'simulator-fast' })).not.toThrow();
    expect(() => validate(prefilled, { wasPaused: () => true })).not.toThrow();
    expect(
      problem(() =>
        validate({
          model: 'simulator-fast',
          messages: [USER, { role: 'assistant', content: 'So ' }],
        }),
      ).message,
    ).toContain('trailing whitespace');
  });

  it('asks for no max_tokens when only counting', () => {
    expect(() => validate({ max_tokens: undefined }, { endpoint: 'count_tokens' })).not.toThrow();
  });

  it('checks a thinking budget', () => {
    const budget = (tokens: number): unknown =>
      validate({
        model: 'simulator-legacy',
        max_tokens: 2_000,
        thinking: { type: 'enabled', budget_tokens: tokens },
      });
    expect(() => budget(1_500)).not.toThrow();
    expect(problem(() => budget(100)).message).toContain('greater than or equal to 1024');
    expect(problem(() => budget(2_000)).message).toContain('must be greater than');
  });
});

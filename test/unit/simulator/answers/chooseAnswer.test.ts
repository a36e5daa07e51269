import { describe, expect, it } from 'vitest';
import { compactionPrompt } from '../../../../src/host/chat/compactionPlan';
import { titlePrompt } from '../../../../src/host/chat/titleJob';
import { chooseAnswer } from '../../../../src/simulator/answers/chooseAnswer';
import { english } from '../../../../src/webview/shared/english';
import type { AnswerContext } from '../../../../src/simulator/answers/topic';

function context(prompt: string, changes: Partial<AnswerContext> = {}): AnswerContext {
  return {
    prompt,
    earlier: [],
    modelId: 'simulator-fast',
    thinks: false,
    effort: undefined,
    toolResults: [],
    toolToCall: undefined,
    ...changes,
  };
}

function answer(prompt: string, changes: Partial<AnswerContext> = {}): string {
  return chooseAnswer(context(prompt, changes)).text;
}

/** What `help` lists, without the parts in capitals. */
function listedTopics(): string[] {
  const rows = [...answer('help').matchAll(/^\| `([^`]+)` \|/gm)];
  return rows.map((row) => (row[1] ?? '').replaceAll(/ ?\[?[A-Z]{2,}.*$/g, ''));
}

describe('the examples that the chat offers in the demo', () => {
  it.each(english.demoExamples)('are known: %s', (prompt) => {
    expect(answer(prompt)).not.toContain('Ask for `help` to see');
    expect(answer(prompt).length).toBeGreaterThan(500);
  });
});

describe('chooseAnswer', () => {
  it('answers everything that help lists with that topic, not with the general reply', () => {
    const topics = listedTopics();
    expect(topics.length).toBeGreaterThan(10);
    for (const topic of topics) {
      expect(answer(topic), topic).not.toContain('Ask for `help` to see');
      expect(answer(topic), topic).not.toBe('');
    }
  });

  it.each([
    ...listedTopics(),
    'help',
    'hello',
    'thanks',
    'are you Claude?',
    'fix this function',
    'translate this',
    'why is the sky blue?',
    'something else',
    '',
  ])('says near its beginning that the simulator answers: %s', (prompt) => {
    expect(answer(prompt).slice(0, 320)).toMatch(/simulator/i);
  });

  it('answers Chinese in Chinese, and says what is answering', () => {
    expect(answer('你好，今天天气怎么样？')).toMatch(/本地模拟器/);
    expect(answer('帮助')).toMatch(/本地模拟器/);
  });

  it('understands the words that people put around a topic', () => {
    expect(answer('Can you show me a table, please?')).toBe(answer('table'));
    expect(answer('Markdown!')).toBe(answer('markdown'));
    expect(answer('/code in Python')).toBe(answer('code python'));
  });

  it('does not mistake a sentence for a topic', () => {
    expect(answer('table tennis is fun')).not.toContain('| --: |');
  });

  it.each([
    ['long 150', 150],
    ['table 100', 100],
    ['list 20 KB', 20],
    ['paragraph 100', 100],
  ])('%s has the size that was asked for', (prompt, kilobytes) => {
    const size = answer(prompt).length / 1_024;
    expect(size).toBeGreaterThan(kilobytes - 0.1);
    expect(size).toBeLessThan(kilobytes + 3);
  });

  it('keeps sizes within bounds', () => {
    expect(answer('long 99999').length).toBeLessThan(2_100 * 1_024);
  });

  it('prints as many lines of code as asked for, in one block', () => {
    const text = answer('code 5000');
    expect(text.split('```')).toHaveLength(3);
    expect(text.split('```')[1]?.split('\n')).toHaveLength(5_002);
  });

  it('closes every code fence', () => {
    for (const topic of ['code', 'markdown', 'long 60', 'hostile', 'faults']) {
      expect((answer(topic).match(/^```/gm) ?? []).length % 2, topic).toBe(0);
    }
  });

  it('thinks as long as asked for, and more with more effort', () => {
    const long = chooseAnswer(context('thinking 5000', { thinks: true })).thinking ?? '';
    expect(long.length).toBeGreaterThan(15_000);
    const low = chooseAnswer(context('x', { effort: 'low' })).thinking ?? '';
    const max = chooseAnswer(context('x', { effort: 'max' })).thinking ?? '';
    expect(low.length).toBeGreaterThan(0);
    expect(max.length).toBeGreaterThan(2 * low.length);
  });

  it('echoes to the letter', () => {
    const text = '  **bold**, <b>tag</b>\nand a second line';
    expect(answer(`echo ${text}`)).toContain('**bold**, <b>tag</b>\nand a second line');
  });

  it('knows the earlier questions', () => {
    const earlier = ['first thing', 'second thing'];
    expect(answer('history', { earlier })).toContain('1. first thing\n2. second thing');
    expect(answer('and this?', { earlier })).toContain(
      'the third question of this conversation; before it you asked “second thing”',
    );
  });

  it('says that no other model answers for the name in the request', () => {
    expect(answer('x', { modelId: 'claude-opus-5-5' })).toContain(
      '`claude-opus-5-5`. That model has not seen it',
    );
  });

  it('quotes a question without letting its marks take effect', () => {
    expect(answer('what about *this* and `that`?')).toContain(
      String.raw`> what about \*this\* and \`that\`?`,
    );
  });

  it('makes a title and a summary out of what it is given, as the chat asks for them', () => {
    const asked = titlePrompt('How do I sort\na list of `files` by date?', 'Like this: …');
    expect(answer(asked)).toBe('About How do I sort a list');
    const plan = { throughTurnId: 't', turns: [], earlier: undefined, tokens: 0 };
    expect(answer(compactionPrompt(plan, 0))).toMatch(/^A summary by the local simulator/);
  });

  it('goes by the question, whatever is sent along with it', () => {
    const file = '<context-0f1a kind="file" path="a.ts">\nlet a;\n</context-0f1a>\n\n';
    expect(answer(`${file}help`)).toBe(answer('help'));
  });

  it('shows the result of a tool', () => {
    expect(answer('x', { toolResults: ['rain, 12 degrees'] })).toContain('> rain, 12 degrees');
  });
});

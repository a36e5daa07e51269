import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelInfo, Price } from '../../../../src/engine/types';
import { builtinInfo } from '../../../../src/engine/models/capabilities';
import { SmallJobs } from '../../../../src/host/chat/smallJobs';
import { smallModel } from '../../../../src/host/chat/smallModel';
import { titleFrom, titlePrompt } from '../../../../src/host/chat/titleJob';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { ScriptedTarget } from '../../../helpers/scriptedTarget';

let clock: FakeClock;
let target: ScriptedTarget;
let jobs: SmallJobs;
const owner = { conversationId: 'c', isKept: true };

beforeEach(() => {
  clock = new FakeClock();
  target = new ScriptedTarget('fast');
  jobs = new SmallJobs({ clock, target: () => target });
});

afterEach(() => expect(clock.pending).toBe(0));

describe('small jobs', () => {
  it('asks the fast model for a title, briefly and without thinking', async () => {
    const title = jobs.title({ prompt: 'q', text: 'a' }, owner, new AbortController().signal);
    await settle();
    expect(target.last.request).toMatchObject({
      model: 'fast',
      action: 'inline',
      thinking: 'off',
      maxTokens: 64,
      conversationId: 'c',
    });
    expect(target.last.request.unkept).toBeUndefined();
    target.last.text('"A Title."');
    target.last.end();
    expect(await title).toBe('A Title');
  });

  it('keeps nothing of a chat that is not kept', async () => {
    const unkept = { ...owner, isKept: false };
    const title = jobs.title({ prompt: 'q', text: 'a' }, unkept, new AbortController().signal);
    await settle();
    expect(target.last.request.unkept).toBe(true);
    target.last.end();
    expect(await title).toBeUndefined();
  });

  it('gives up on a title after 20 s, and when it is told to', async () => {
    const slow = jobs.title({ prompt: 'q', text: 'a' }, owner, new AbortController().signal);
    const failed = expect(slow).rejects.toThrow('20000 ms');
    await clock.advance(20_001);
    await failed;
    const stop = new AbortController();
    const stopped = jobs.title({ prompt: 'q', text: 'a' }, owner, stop.signal);
    stop.abort();
    await expect(stopped).rejects.toThrow('stopped');
  });

  it('has nobody to ask where there is no endpoint', async () => {
    const none = new SmallJobs({ clock, target: () => undefined });
    const title = none.title({ prompt: 'q', text: 'a' }, owner, new AbortController().signal);
    await expect(title).rejects.toThrow('no endpoint');
  });
});

describe('a title', () => {
  it.each([
    ['Fixing the parser', 'Fixing the parser'],
    ['**Title: "Fixing the parser."**', 'Fixing the parser'],
    ['\n\n# Fixing the parser\nIt is about…', 'Fixing the parser'],
    ['标题：《修复解析器》。', '修复解析器'],
    ['', undefined],
    ['"…"', '…'],
    ['***', undefined],
  ])('is read out of %j', (answer, title) => {
    expect(titleFrom(answer)).toBe(title);
  });

  it('is cut where it is long', () => {
    expect((titleFrom('word '.repeat(100)) ?? '').length).toBeLessThanOrEqual(60);
  });

  it('is made of the beginnings, with no half character', () => {
    const prompt = titlePrompt('😀'.repeat(5_000), 'b'.repeat(50_000));
    expect(prompt.length).toBeLessThan(5_000);
    expect(prompt.isWellFormed()).toBe(true);
  });
});

describe('the model for small jobs', () => {
  const models = (...ids: string[]): ModelInfo[] => ids.map((id) => builtinInfo(id));
  const prices: Readonly<Record<string, Price>> = {
    dear: { input: 10, output: 10 },
    cheap: { input: 1, output: 10 },
  };
  const priceOf = (model: string): Price | undefined => prices[model];

  it.each([
    ['the setting’s', ' mine ', models('claude-haiku-4-5'), 'dear', 'mine'],
    [
      'the newest Haiku',
      '',
      models('x', 'claude-haiku-5', 'claude-haiku-4-5'),
      'x',
      'claude-haiku-5',
    ],
    ['the cheapest of known price', '', models('unknown', 'dear', 'cheap'), 'dear', 'cheap'],
    ['the one in use where nothing is known', '', models('a', 'b'), 'b', 'b'],
    ['the one in use without a list', '', [], 'b', 'b'],
  ])('is %s', (_, setting, list, inUse, expected) => {
    expect(smallModel(setting, list, inUse, priceOf)).toBe(expected);
  });
});

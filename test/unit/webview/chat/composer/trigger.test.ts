import { assert, pre, property, string, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { triggerAt, withoutTrigger } from '../../../../../src/webview/chat/composer/trigger';

describe('an @', () => {
  it.each([
    ['@', ''],
    ['@app', 'app'],
    ['See @src/app.ts', 'src/app.ts'],
    ['(@x', 'x'],
    ['line\n@', ''],
  ])('at the start of a word asks for context: %o', (text, query) => {
    expect(triggerAt(text, text.length)).toMatchObject({ kind: 'context', query });
  });

  it.each(['me@example.org', 'a@', '@one two', '@@', '@a@b'])('elsewhere is text: %o', (text) => {
    expect(triggerAt(text, text.length)).toBeUndefined();
  });

  it('counts up to the caret only', () => {
    expect(triggerAt('@appendix', 4)).toEqual({ kind: 'context', from: 0, to: 4, query: 'app' });
  });

  it('that was chosen to go on may have spaces in what was put there', () => {
    const continued = { from: 0, query: 'folder:my stuff/' };
    const text = '@folder:my stuff/ap';
    expect(triggerAt(text, text.length, continued)?.query).toBe('folder:my stuff/ap');
    expect(triggerAt(`${text} x`, text.length + 2, continued)).toBeUndefined();
  });

  it('is taken out with what was typed after it, and no blank is doubled', () => {
    const trigger = { kind: 'context', from: 4, to: 8, query: 'app' } as const;
    expect(withoutTrigger('See @app please', trigger)).toBe('See please');
    expect(withoutTrigger('See @app', trigger)).toBe('See ');
  });

  it('takes nothing out but itself and a blank', () => {
    assert(
      property(string(), stringMatching(/^[\w/.]*$/), string(), (head, query, tail) => {
        const text = `${head} @${query}${tail}`;
        const trigger = triggerAt(text, head.length + 2 + query.length);
        pre(trigger?.kind === 'context' && trigger.from === head.length + 1);
        if (trigger)
          expect(withoutTrigger(text, trigger)).toBe(`${head} ${tail.replace(/^ /, '')}`);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('a /', () => {
  it('asks for commands only where it begins the text', () => {
    expect(triggerAt('/fi', 3)).toEqual({ kind: 'command', from: 0, to: 3, query: 'fi' });
    expect(triggerAt(' /fi', 4)).toBeUndefined();
    expect(triggerAt('/usr/bin', 8)).toBeUndefined();
    expect(triggerAt('/fix it', 7)).toBeUndefined();
  });
});

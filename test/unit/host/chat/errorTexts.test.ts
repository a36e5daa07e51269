import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { ERROR_KINDS } from '../../../../src/engine/types';
import type { ErrorKind } from '../../../../src/engine/types';
import { describeError } from '../../../../src/host/chat/errorTexts';
import { retryNotice } from '../../../../src/host/chat/noteTexts';
import { english } from '../../../../src/host/translate';

function described(error: EngineError, attempts = 1, partial = false) {
  return describeError(error.toInfo(), { attempts, partial, at: undefined }, english);
}

describe('describeError', () => {
  it.each(ERROR_KINDS)('%s has a title of its own and something to do or to know', (kind) => {
    const view = described(new EngineError(kind, 'The server said so'));
    expect(view.title.length).toBeGreaterThan(5);
    expect(view.detail).toBe('The server said so.');
    const heard = described(new EngineError(kind, 'It said no. Do this.', { said: 'No' }));
    expect(heard.detail).toMatch(/^No\./);
    expect(heard.detail).not.toContain('Do this');
    expect(view.retry !== 'never' || view.actions.length > 0).toBe(true);
  });

  it('has no two kinds with the same title', () => {
    const titles = ERROR_KINDS.map((kind) => described(new EngineError(kind, 'x')).title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('says how often it was tried', () => {
    const error = new EngineError('overloaded', 'x', { status: 529, said: 'Overloaded.' });
    expect(described(error, 1).detail).not.toContain('tried again');
    expect(described(error, 2).detail).toContain('tried again once');
    expect(described(error, 4).detail).toContain('tried again 3 times');
    expect(described(error, 4).title).toBe('The service is overloaded (529)');
  });

  it('says that what had arrived is kept', () => {
    expect(described(new EngineError('truncated', 'x'), 1, true).detail).toContain('Continue');
  });

  it('says how long the server asks to wait', () => {
    const error = new EngineError('rate_limit', 'x', { retryAfterMs: 90_000, said: 'Slow down' });
    expect(described(error).detail).toContain('wait 1 min 30 s');
  });

  it('offers to replace a refused key, and to set a missing one', () => {
    const label = (kind: 'authentication' | 'no_key') =>
      described(new EngineError(kind, 'x')).actions[0];
    expect(label('authentication')).toEqual({ action: 'setApiKey', label: 'Replace API Key' });
    expect(label('no_key')).toEqual({ action: 'setApiKey', label: 'Set API Key' });
  });

  it('offers what helps before Retry, where Retry alone cannot help', () => {
    const place = (kind: ErrorKind) => described(new EngineError(kind, 'x')).retry;
    expect(place('overloaded')).toBe('first');
    expect(place('spend_limit')).toBe('last');
    expect(place('authentication')).toBe('last');
  });

  it('offers no retry of what cannot succeed', () => {
    expect(described(new EngineError('request_too_large', 'x')).retry).toBe('never');
    expect(described(new EngineError('invalid_request', 'x')).retry).toBe('never');
  });
});

describe('retryNotice', () => {
  it('says why, when and which attempt comes', () => {
    const error = new EngineError('rate_limit', 'x').toInfo();
    const event = { type: 'retry', attempt: 2, maxAttempts: 4, delayMs: 8_000, error } as const;
    expect(retryNotice(event, 1_000, english)).toEqual({
      text: 'The rate limit is reached. Trying again (attempt 3 of 4)',
      until: 9_000,
    });
  });
});

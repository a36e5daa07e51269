import { describe, expect, it } from 'vitest';
import { KeyScopes } from '../../../src/engine/keyScopes';

describe('KeyScopes', () => {
  it('tells keys apart, the same way everywhere, and never shows them', async () => {
    let key = 'sk-secret-one';
    const scopes = (): KeyScopes => new KeyScopes({ getKey: () => Promise.resolve(key) });
    const here = scopes();
    const there = scopes();
    await Promise.all([here.getKey('api', undefined), there.getKey('api', undefined)]);
    const first = here.scope('api');
    expect(there.scope('api')).toBe(first);
    expect(first).not.toContain('secret');
    key = 'sk-secret-two';
    here.keyChanged();
    await here.getKey('api', undefined);
    expect(here.scope('api')).not.toBe(first);
    expect(here.scope('other')).not.toBe(here.scope('api'));
  });
});

describe('a key that changes while it is asked for', () => {
  it('does not leave the name of the old one behind', async () => {
    const answers: ((key: string) => void)[] = [];
    const scopes = new KeyScopes({ getKey: () => new Promise((resolve) => answers.push(resolve)) });
    const asked = [scopes.getKey('api', undefined)];
    scopes.keyChanged();
    asked.push(scopes.getKey('api', undefined));
    answers[0]?.('old');
    answers[1]?.('new');
    await Promise.all(asked);
    const fresh = new KeyScopes({ getKey: () => Promise.resolve('new') });
    await fresh.getKey('api', undefined);
    expect(scopes.scope('api')).toBe(fresh.scope('api'));
  });
});

import { describe, expect, it } from 'vitest';
import { cachePolicy } from '../../../../src/engine/cache/cachePolicy';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import type { Action, ChatRequest } from '../../../../src/engine/types';

const settings = DEFAULT_SETTINGS.cache;
const withChat = { ...settings, chat: true };
const NOTHING = { share: false, read: false, write: false };
const ACTIONS: readonly Action[] = ['chat', 'inline', 'live', 'batch'];

const request = (action: Action, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'claude-test',
  messages: [{ role: 'user', content: 'Hello' }],
  action,
  ...more,
});

describe('cachePolicy', () => {
  it.each(['inline', 'batch'] as const)('shares and keeps %s work', (action) => {
    const policy = cachePolicy(request(action), settings, undefined);
    expect(policy).toEqual({ share: true, read: true, write: true });
  });

  it('shares live work under way and keeps none of it', () => {
    const policy = cachePolicy(request('live'), withChat, undefined);
    expect(policy).toEqual({ share: true, read: false, write: false });
  });

  it('leaves chat alone unless the setting is on, and never shares it', () => {
    expect(cachePolicy(request('chat'), settings, undefined)).toEqual(NOTHING);
    const policy = cachePolicy(request('chat'), withChat, undefined);
    expect(policy).toEqual({ share: false, read: true, write: true });
  });

  it('gives a fresh request an answer of its own, which replaces the kept one', () => {
    const fresh = { fresh: true };
    const replaces = { share: false, read: false, write: true };
    expect(cachePolicy(request('inline', fresh), settings, undefined)).toEqual(replaces);
    expect(cachePolicy(request('chat', fresh), withChat, undefined)).toEqual(replaces);
    expect(cachePolicy(request('chat', fresh), settings, undefined)).toEqual(NOTHING);
    expect(cachePolicy(request('live', fresh), settings, undefined)).toEqual(NOTHING);
  });

  it.each(ACTIONS)('does nothing for %s where the temperature asks for variety', (action) => {
    expect(cachePolicy(request(action), withChat, 0.31)).toEqual(NOTHING);
    expect(cachePolicy(request(action), withChat, 0.3)).not.toEqual(NOTHING);
  });

  it.each(ACTIONS)('does nothing for %s with tools, or when it is off', (action) => {
    const tools = [{ name: 'read_file' }];
    expect(cachePolicy(request(action, { tools }), withChat, undefined)).toEqual(NOTHING);
    expect(cachePolicy(request(action, { tools: [] }), withChat, undefined)).not.toEqual(NOTHING);
    const off = { ...withChat, enabled: false };
    expect(cachePolicy(request(action), off, undefined)).toEqual(NOTHING);
  });
});

import { describe, expect, test } from 'vitest';
import { ConversationHomes } from '../../../../../src/engine/resilience/balancing/conversationHomes';

const HOUR = 3_600_000;

describe('ConversationHomes', () => {
  test('remembers where a conversation was last', () => {
    const homes = new ConversationHomes();
    expect(homes.get('c', 0)).toBeUndefined();
    homes.use('c', 'a', 0);
    homes.use('c', 'b', 1);
    expect(homes.get('c', 2)).toBe('b');
  });

  test('forgets an hour after the last use, not after the first', () => {
    const homes = new ConversationHomes();
    homes.use('c', 'a', 0);
    homes.use('c', 'a', HOUR - 1);
    expect(homes.get('c', 2 * HOUR - 2)).toBe('a');
    expect(homes.get('c', 2 * HOUR - 1)).toBeUndefined();
    expect(homes.get('c', 0)).toBeUndefined();
  });

  test('keeps the 1,000 that were used last', () => {
    const homes = new ConversationHomes();
    homes.use('used', 'a', 0);
    homes.use('unused', 'a', 0);
    for (let index = 0; index < 998; index += 1) homes.use(`c${index}`, 'a', 0);
    homes.use('used', 'a', 0);
    homes.use('one more', 'a', 0);
    expect(homes.get('used', 0)).toBe('a');
    expect(homes.get('unused', 0)).toBeUndefined();
    expect(homes.get('c0', 0)).toBe('a');
  });
});

import { expect, test } from 'vitest';
import { killServerUnderTurns } from '../../helpers/killedServer';

test('a server that is killed under 50 turns and comes back costs none of them a word', async () => {
  const { turns, requestsAfter } = await killServerUnderTurns({ turns: 50, downMs: 500 });
  const begun = turns.filter(({ textBefore }) => textBefore !== '');
  const waiting = turns.filter(({ textBefore }) => textBefore === '');
  expect(begun.length).toBeGreaterThanOrEqual(25);
  expect(waiting.length).toBeGreaterThanOrEqual(10);
  for (const { question, wanted, told, reply, textBefore } of turns) {
    expect({ question, text: reply.text, told }).toEqual({ question, text: wanted, told: wanted });
    expect(wanted.startsWith(textBefore)).toBe(true);
  }
  const cut = begun.filter(({ wanted, textBefore }) => textBefore !== wanted);
  expect(cut.length).toBeGreaterThanOrEqual(10);
  for (const { reply } of cut) expect(reply.continuations).toBeGreaterThan(0);
  // What waits for recovery does not hammer: what comes after it is each turn's own request, and a few trials.
  expect(requestsAfter).toBeLessThanOrEqual(2 * turns.length);
}, 20_000);

import { describe, expect, it } from 'vitest';
import type { LimitUse } from '../../../src/engine/ports';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();

const use = (requests: number, family = 'sonnet-5'): LimitUse => ({
  family,
  requests,
  inputTokens: requests * 1_000,
  outputTokens: requests * 100,
});

describe('windows that share rate limits', () => {
  it('are told what the others reserved since they last asked, and never their own', async () => {
    const [one, other, third] = [bench.open(), bench.open(), bench.open()];
    expect(await one.exchange('s', [use(1)])).toEqual([]);
    expect(await other.exchange('s', [use(2)])).toEqual([]);
    expect(await one.exchange('s', [use(5)])).toEqual([use(2)]);
    expect(await one.exchange('s', [])).toEqual([]);
    expect(await third.exchange('s', [use(3), use(4, 'opus-5')])).toEqual([]);
    await other.exchange('s', [use(1)]);
    expect(await one.exchange('s', [])).toEqual(expect.arrayContaining([use(4), use(4, 'opus-5')]));
    expect(await other.exchange('s', [])).toEqual([]);
  });

  it('hear nothing of other keys', async () => {
    const [one, other] = [bench.open(), bench.open()];
    await one.exchange('s', []);
    await other.exchange('another', [use(2)]);
    expect(await one.exchange('s', [])).toEqual([]);
  });

  it('start anew when everything is deleted', async () => {
    const [one, other] = [bench.open(), bench.open()];
    await one.exchange('s', []);
    await other.exchange('s', [use(9)]);
    await one.exchange('s', []);
    await other.deleteEverything();
    await other.exchange('s', [use(2)]);
    expect(await one.exchange('s', [])).toEqual([use(2)]);
  });

  it('are refused amounts that are none', async () => {
    const store = bench.open();
    await expect(store.exchange('s', [{ ...use(1), inputTokens: -1 }])).rejects.toMatchObject({
      kind: 'invalid',
    });
  });
});

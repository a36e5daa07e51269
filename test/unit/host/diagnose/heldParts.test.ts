import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../../src/engine/engine';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { heldParts, heldRows } from '../../../../src/host/diagnose/heldParts';
import type { HeldParts } from '../../../../src/host/diagnose/heldParts';
import { english } from '../../../../src/host/translate';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { testEndpoint } from '../../../helpers/modelHarness';
import { TestChats } from '../../../helpers/testChats';
import { TestPanel } from '../../../helpers/testPanel';

const NOTHING: HeldParts = {
  conversations: 0,
  connections: 0,
  pageNodes: [],
  heldBytes: 0,
  unwritten: 0,
  engineListeners: 0,
  chatListeners: 0,
};

describe('the parts of Pulse', () => {
  let engine: Engine;
  let window: TestChats;
  let panel: TestPanel;
  let tab: TestPanel;

  beforeEach(async () => {
    engine = new Engine({
      keys: { getKey: () => Promise.resolve(undefined) },
      endpoint: testEndpoint('https://api.example', { id: 'api.example' }),
      settings: DEFAULT_SETTINGS,
      clock: new FakeClock(),
    });
    window = new TestChats();
    panel = new TestPanel(window.chats);
    tab = new TestPanel(window.chats, window.chats.newTab());
    for (const page of [panel, tab]) page.say({ type: 'ready' });
    await settle();
  });

  afterEach(async () => {
    for (const page of [panel, tab]) page.dispose();
    await window.chats.close();
    engine.dispose();
    expect(window.clock.pending).toBe(0);
  });

  const measure = (): Promise<HeldParts> =>
    heldParts({ engine, chats: window.chats, unwritten: 0 });
  const wasAsked = ({ said }: TestPanel): boolean => said.some(({ type }) => type === 'measure');

  it('are nothing where nothing was needed yet', async () => {
    expect(await heldParts({ engine, chats: undefined, unwritten: 0 })).toEqual(NOTHING);
  });

  it('are counted with the nodes of each page', async () => {
    const before = window.chats.current;
    const counted = measure();
    tab.say({ type: 'measured', nodes: 20 });
    panel.say({ type: 'measured', nodes: 10 });
    expect(await counted).toMatchObject({ conversations: 0, pageNodes: [10, 20], heldBytes: 0 });
    // An answer is no work of the reader's.
    expect(window.chats.current).toBe(before);
  });

  it('leave a page out that does not answer within a second, however late it does then', async () => {
    const counted = measure();
    panel.say({ type: 'measured', nodes: 10 });
    await window.clock.advance(1_000);
    expect((await counted).pageNodes).toEqual([10]);
    tab.say({ type: 'measured', nodes: 20 });
    await settle();
  });

  it('wait for no page that is out of sight or gone', async () => {
    panel.isVisible = false;
    tab.dispose();
    expect((await measure()).pageNodes).toEqual([]);
    panel.isVisible = true;
    panel.say({ type: 'ready' });
    await settle();
    expect([panel, tab].some(wasAsked)).toBe(false);
  });

  it('ask no page while nobody diagnoses, and take what says nothing for no answer', async () => {
    expect([panel, tab].some(wasAsked)).toBe(false);
    panel.say({ type: 'measured', nodes: 10 });
    panel.sayAnything({ type: 'measured', nodes: -1 });
    expect(window.logged).toHaveLength(1);
    const counted = measure();
    await window.clock.advance(1_000);
    expect((await counted).pageNodes).toEqual([]);
    expect([panel, tab].every(wasAsked)).toBe(true);
  });

  it('are what waits for the pages, and who listens', async () => {
    tab.dispose();
    const heard = [
      engine.onHealthChange(() => undefined),
      engine.metrics.onChange(() => undefined),
      engine.metrics.onEnd(() => undefined),
    ];
    const before = window.chats.hub.listenerCount;
    const list = window.chats.hub.onListChange(() => undefined);
    window.environmentChanged.fire();
    const counted = measure();
    panel.say({ type: 'measured', nodes: 10 });
    const held = await counted;
    expect(held).toMatchObject({ engineListeners: 3, chatListeners: before + 1 });
    expect(held.heldBytes).toBeGreaterThan(0);
    for (const each of [...heard, list]) each.dispose();
    await window.clock.advance(1_000);
    const later = measure();
    panel.say({ type: 'measured', nodes: 10 });
    expect(await later).toMatchObject({
      engineListeners: 0,
      chatListeners: before,
      heldBytes: 0,
    });
  });
});

describe('the rows of what Pulse holds', () => {
  const rows = (changes: Partial<HeldParts>): string[][] =>
    heldRows({ ...NOTHING, ...changes }, diagnosisFacts(), english);

  it('name each figure with its unit', () => {
    const shown = rows({
      conversations: 3,
      connections: 2,
      pageNodes: [1_204, 530],
      heldBytes: 12_000,
      unwritten: 4,
      engineListeners: 5,
      chatListeners: 6,
    });
    expect(shown.filter(([label]) => label !== 'Kept answers in memory')).toEqual([
      ['Conversations held', '', '3'],
      ['Open connections', '', '2'],
      ['Requests remembered', '', '0'],
      ['DOM nodes of each chat page in sight', '', '1,204 · 530'],
      ['Changes waiting for chat pages', '', '12 KB'],
      ['Measurements not written yet', '', '4'],
      ['Listeners to the engine', '', '5'],
      ['Listeners to the chats', '', '6'],
    ]);
  });

  it('say nothing of nodes where no page is in sight', () => {
    expect(rows({}).some(([label]) => label?.startsWith('DOM') === true)).toBe(false);
  });
});

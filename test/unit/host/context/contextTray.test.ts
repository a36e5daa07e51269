import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { ContextError } from '../../../../src/host/context/contextProblem';
import { Tray } from '../../../../src/host/context/contextTray';
import type { PieceReader } from '../../../../src/host/context/contextTray';
import type { Gathered } from '../../../../src/host/context/gathered';
import { textPiece } from '../../../../src/host/context/pieces';
import { english } from '../../../../src/host/translate';
import { FakeClock, settle } from '../../../helpers/fakeClock';

function piece(text: string): Gathered {
  return textPiece({
    kind: 'file',
    label: text.slice(0, 10),
    detail: text,
    head: { kind: 'file' },
    text,
  });
}

function trayOf(files: Record<string, string | Promise<string>>, maxTotalKB = 100) {
  const clock = new FakeClock();
  let ids = 0;
  const reader: PieceReader = {
    read: async (source) => {
      const text = await files[source.kind === 'file' ? source.path : source.kind];
      if (text === undefined) throw new ContextError({ kind: 'missing', path: 'x' });
      return piece(text);
    },
    data: async (name) => piece(name),
    text: piece,
  };
  const tray = new Tray({
    reader: async () => reader,
    clock,
    translate: english,
    newId: () => `id${++ids}`,
    maxTotalKB: () => maxTotalKB,
    open: () => undefined,
  });
  const states = () => tray.views.map(({ label, state }) => `${label}: ${state}`);
  return { tray, clock, states, files };
}
const never = new AbortController().signal;

describe('the tray of a question', () => {
  it('shows a piece as loading at once, then with its tokens', async () => {
    const { tray, states } = trayOf({ 'src/a.ts': 'let a' });
    tray.add('file:src/a.ts');
    expect(states()).toEqual(['a.ts: loading']);
    await settle();
    expect(states()).toEqual(['let a: ready']);
    expect(tray.views[0]?.tokens).toBeGreaterThan(0);
    tray.dispose();
  });

  it('takes what is there then, in the order it was added, and is empty', async () => {
    const slow = new Deferred<string>();
    const { tray, files, clock } = trayOf({ a: slow.promise, b: 'old' });
    tray.add('file:a');
    tray.add('file:b');
    tray.add('file:gone');
    await settle();
    files['b'] = 'new';
    const taken = tray.take(never);
    slow.resolve('first');
    const attachments = await taken;
    expect(attachments.map(({ label }) => label)).toEqual(['first', 'new']);
    expect(tray.views).toEqual([]);
    expect(clock.pending).toBe(0);
    tray.dispose();
  });

  it('keeps what was selected as it was then', async () => {
    const { tray, files } = trayOf({ selection: 'old' });
    tray.add('selection');
    await settle();
    files['selection'] = 'new';
    expect((await tray.take(never)).map(({ label }) => label)).toEqual(['old']);
    tray.dispose();
  });

  it('waits 15 s at most; what is late stays out', async () => {
    const { tray, clock } = trayOf({ a: new Promise<string>(() => undefined), b: 'quick' });
    tray.add('file:a');
    tray.add('file:b');
    const taken = tray.take(never);
    await clock.advance(14_999);
    expect(tray.views).toHaveLength(2);
    await clock.advance(1);
    expect((await taken).map(({ label }) => label)).toEqual(['quick']);
    tray.dispose();
  });

  it('keeps everything when the sender stops', async () => {
    const { tray, clock } = trayOf({ a: new Promise<string>(() => undefined) });
    tray.add('file:a');
    const stop = new AbortController();
    const taken = tray.take(stop.signal);
    stop.abort();
    await expect(taken).rejects.toThrow();
    expect(tray.views).toHaveLength(1);
    expect(clock.pending).toBe(0);
    tray.dispose();
  });

  it('has the same source, and the same content, once', async () => {
    const { tray } = trayOf({ a: 'text', selection: 'chosen' });
    tray.add('file:a');
    tray.add('file:a');
    tray.add('selection');
    await settle();
    tray.add('selection');
    await settle();
    expect(tray.views.map(({ label }) => label)).toEqual(['text', 'chosen']);
    tray.dispose();
  });

  it('asks about secrets, names kind and line but not the value, and sends only what was allowed', async () => {
    const secret = 'a\npassword = "k7#mQ2!vX9pL"';
    const first = trayOf({ a: secret });
    first.tray.add('file:a');
    await settle();
    const [view] = first.tray.views;
    expect(view?.state).toBe('ask');
    expect(view?.problem).toContain('a password (line 2)');
    expect(view?.problem).not.toContain('k7#');
    expect(await first.tray.take(never)).toEqual([]);
    const second = trayOf({ a: secret });
    second.tray.add('file:a');
    await settle();
    second.tray.allow(second.tray.views[0]?.id ?? '');
    expect(second.states()[0]).toMatch(/: ready$/u);
    expect(await second.tray.take(never)).toHaveLength(1);
    first.tray.dispose();
    second.tray.dispose();
  });

  it('refuses what goes beyond the limit for all, and takes it when there is room', async () => {
    const { tray, states } = trayOf({ a: 'a'.repeat(600), b: 'b'.repeat(600) }, 1);
    tray.add('file:a');
    tray.add('file:b');
    await settle();
    expect(states()).toEqual(['aaaaaaaaaa: ready', 'bbbbbbbbbb: failed']);
    tray.remove(tray.views[0]?.id ?? '');
    expect(states()).toEqual(['bbbbbbbbbb: ready']);
    tray.dispose();
  });

  it('tries again what failed when it is added again', async () => {
    const { tray, files, states } = trayOf({});
    tray.add('file:a');
    await settle();
    expect(states()).toEqual(['a: failed']);
    files['a'] = 'here';
    tray.add('file:a');
    await settle();
    expect(states()).toEqual(['here: ready']);
    tray.dispose();
  });

  it('says what it does not know', async () => {
    const { tray } = trayOf({});
    tray.add('nonsense:x');
    await settle();
    expect(tray.views[0]).toMatchObject({
      state: 'failed',
      problem: 'nonsense:x is nothing that can be added.',
    });
    tray.dispose();
  });

  it('goes with a question again as it went', async () => {
    const { tray } = trayOf({ a: 'text' });
    tray.add('file:a');
    const taken = await tray.take(never);
    tray.put(taken);
    const again = await tray.take(never);
    expect(again.map(({ content }) => content)).toEqual(taken.map(({ content }) => content));
    tray.dispose();
  });
});

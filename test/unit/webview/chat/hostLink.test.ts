import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatToHost } from '../../../../src/protocol/chatToHost';
import { HostLink } from '../../../../src/webview/chat/hostLink';
import type { ChatSink } from '../../../../src/webview/chat/hostLink';
import { FakeClock } from '../../../helpers/fakeClock';
import { FakeFrames } from '../helpers/fakeFrames';
import { sessionView } from '../helpers/views';

let posted: ChatToHost[];
let applied: string[];
let frames: FakeFrames;
let link: HostLink;
let clock: FakeClock;
let failing: boolean;

beforeEach(() => {
  posted = [];
  applied = [];
  failing = false;
  frames = new FakeFrames();
  clock = new FakeClock();
  const sink: ChatSink = {
    snapshot: ({ seq }) => applied.push(`snapshot ${String(seq)}`),
    frame: ({ seq }) => {
      if (failing) throw new Error('cannot draw');
      applied.push(`frame ${String(seq)}`);
    },
    focusComposer: () => applied.push('focus'),
    insertText: (text) => applied.push(`insert ${text}`),
    showTurn: (turnId) => applied.push(`turn ${turnId}`),
    showHistory: () => applied.push('show history'),
    showFind: () => applied.push('show find'),
    completions: ({ requestId }) => applied.push(`completions ${String(requestId)}`),
    history: ({ requestId }) => applied.push(`history ${String(requestId)}`),
    historyChanged: () => applied.push('history changed'),
    undoable: ({ id, text }) => applied.push(`undoable ${id} ${text}`),
  };
  link = new HostLink((message) => posted.push(message), frames, sink, clock);
});

function snapshot(seq: number): unknown {
  return { type: 'snapshot', seq, session: sessionView(), turns: [] };
}

function frame(seq: number): unknown {
  return { type: 'frame', seq, changes: [] };
}

function receive(...messages: unknown[]): void {
  for (const message of messages) link.receive(message);
  frames.paint();
}

describe('messages of the host', () => {
  it('are asked for at the start', () => {
    link.start();
    expect(posted).toEqual([{ type: 'ready' }]);
  });

  it('are asked for again, less and less often, until they come', async () => {
    link.start();
    await clock.advance(1_000);
    expect(posted).toEqual([{ type: 'ready' }, { type: 'resync' }]);
    await clock.advance(1_999);
    expect(posted).toHaveLength(2);
    await clock.advance(1);
    expect(posted).toHaveLength(3);
    receive(snapshot(0));
    await clock.advance(60_000);
    expect(posted).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it('are no longer asked for once the panel is gone', async () => {
    link.start();
    link.dispose();
    await clock.advance(60_000);
    expect(posted).toEqual([{ type: 'ready' }]);
  });

  it('are applied together before the next paint and acknowledged after it', () => {
    link.receive(snapshot(4));
    link.receive(frame(5));
    link.receive(frame(6));
    expect(applied).toEqual([]);
    frames.beforePaint(() => expect(posted).toEqual([]));
    frames.paint();
    expect(applied).toEqual(['snapshot 4', 'frame 5', 'frame 6']);
    expect(posted).toEqual([{ type: 'ack', seq: 6 }]);
  });

  it('count from the snapshot on: what comes before it is left out', () => {
    receive(frame(1), snapshot(7), frame(8));
    expect(applied).toEqual(['snapshot 7', 'frame 8']);
  });

  it('are asked for anew when one is missing, and nothing is applied until they are there', () => {
    receive(snapshot(0), frame(1), frame(3), frame(4));
    expect(applied).toEqual(['snapshot 0', 'frame 1']);
    expect(posted).toEqual([{ type: 'resync' }, { type: 'ack', seq: 1 }]);
    receive(frame(5), snapshot(5), frame(6));
    expect(applied.slice(2)).toEqual(['snapshot 5', 'frame 6']);
  });

  it('that come twice are applied once', () => {
    receive(snapshot(0), frame(1), frame(1), frame(2));
    expect(applied).toEqual(['snapshot 0', 'frame 1', 'frame 2']);
  });

  it('that are not understood are reported and change nothing', () => {
    receive({ type: 'frame', seq: 'one' }, 'text', undefined);
    expect(applied).toEqual([]);
    expect(posted.map(({ type }) => type)).toEqual(['fault', 'fault', 'fault']);
  });

  it('that can not be applied are reported, and all is asked for anew', () => {
    receive(snapshot(0));
    failing = true;
    receive(frame(1));
    expect(posted.map(({ type }) => type)).toEqual(['fault', 'resync']);
    failing = false;
    receive(snapshot(1), frame(2));
    expect(applied).toEqual(['snapshot 0', 'snapshot 1', 'frame 2']);
  });

  it('reach the composer', () => {
    receive({ type: 'focusComposer' }, { type: 'insertText', text: 'abc' });
    expect(applied).toEqual(['focus', 'insert abc']);
  });

  it.each([
    [{ type: 'showTurn', turnId: 't1' }, 'turn t1'],
    [{ type: 'showHistory' }, 'show history'],
    [{ type: 'showFind' }, 'show find'],
    [{ type: 'completions', requestId: 3, items: [] }, 'completions 3'],
    [{ type: 'history', requestId: 4, items: [] }, 'history 4'],
    [{ type: 'historyChanged' }, 'history changed'],
    [{ type: 'undoable', id: 'u1', text: 'Deleted' }, 'undoable u1 Deleted'],
  ])('that answer or ask for something get where they belong: %o', (message, expected) => {
    receive(message);
    expect(applied).toEqual([expected]);
    expect(posted).toEqual([]);
  });

  it('that ask how large the page is are answered', () => {
    const texts = ['one', 'two'];
    vi.stubGlobal('document', {
      createTreeWalker: () => ({ nextNode: () => texts.pop() ?? null }),
    });
    receive({ type: 'measure' });
    expect(posted).toEqual([{ type: 'measured', nodes: 3 }]);
  });

  it('are not waited for after the end', () => {
    link.receive(snapshot(0));
    link.dispose();
    expect(frames.pending).toBe(0);
  });
});

// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../../src/protocol/chat';
import type { TurnView } from '../../../../src/protocol/turn';
import { ChatStore } from '../../../../src/webview/chat/chatStore';
import type { TurnModel } from '../../../../src/webview/chat/turnModel';
import { bringBackAll } from '../../../../src/webview/chat/window/parking';
import { FakeFrames } from '../helpers/fakeFrames';
import { bodyDeps } from '../helpers/markdownPage';
import { sessionView, turnView } from '../helpers/views';

let frames: FakeFrames;
let store: ChatStore;
let announced: string[];

beforeEach(() => {
  frames = new FakeFrames();
  store = new ChatStore(bodyDeps(frames), () => frames.now());
  announced = [];
  store.onAnnounce(({ text, isUrgent }) => announced.push(isUrgent ? `! ${text}` : text));
});

function snapshot(...turns: TurnView[]): void {
  store.snapshot({ type: 'snapshot', seq: 0, session: sessionView(), turns });
}

function apply(...changes: Change[]): void {
  store.frame({ type: 'frame', seq: 1, changes });
}

function only(): TurnModel {
  const [turn] = store.turns;
  if (!turn) throw new Error('expected a turn');
  return turn;
}

/** The answer on a page, all of it near the screen. */
function shown(): HTMLElement {
  const { answer } = only();
  if (!answer.element) answer.show(document.createElement('div'));
  if (!answer.element) throw new Error('expected an element');
  bringBackAll(answer.element);
  return answer.element;
}

describe('a turn', () => {
  it('grows by what is appended, at once', () => {
    snapshot();
    apply({ kind: 'turnAdded', turn: turnView({ state: 'waiting' }) });
    const page = shown();
    apply({ kind: 'append', turnId: 't1', text: 'Hello', thinking: '' });
    apply({ kind: 'append', turnId: 't1', text: ' world', thinking: '' });
    expect(page.textContent).toBe('Hello world');
  });

  it('draws its facts again for the first text only', () => {
    snapshot(turnView({ state: 'streaming' }));
    let draws = 0;
    only().onFacts(() => draws++);
    for (let index = 0; index < 5; index++) {
      apply({ kind: 'append', turnId: 't1', text: 'more ', thinking: '' });
    }
    expect(draws).toBe(1);
  });

  it('takes patches: absent stays, null clears', () => {
    snapshot(turnView({ state: 'waiting', notice: 'trying again', endNote: 'kept' }));
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'streaming', notice: null } });
    expect(only().facts).toEqual({
      id: 't1',
      prompt: 'Why?',
      attachments: [],
      model: 'm1',
      state: 'streaming',
      tools: [],
      notes: [],
      endNote: 'kept',
      canContinue: false,
      canAskAgain: false,
    });
  });

  it('knows how long it thought', () => {
    snapshot(turnView({ state: 'waiting' }));
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'hm' });
    frames.advance(1_500);
    expect(only().thinkingMs).toBeUndefined();
    apply({ kind: 'append', turnId: 't1', text: 'So', thinking: '' });
    frames.advance(500);
    expect(only().thinkingMs).toBe(1_500);
  });

  it('takes back thinking that is void', () => {
    snapshot(turnView({ state: 'waiting' }));
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'kept, void' });
    let draws = 0;
    only().onThinking(() => draws++);
    apply({ kind: 'thinkingVoid', turnId: 't1', length: 6 });
    expect(only().thinking).toBe('kept');
    expect(draws).toBe(1);
    frames.advance(1_000);
    apply({ kind: 'thinkingVoid', turnId: 't1', length: 4 });
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'new' });
    frames.advance(500);
    apply({ kind: 'append', turnId: 't1', text: 'So', thinking: '' });
    expect(only().thinkingMs).toBe(500);
  });

  it('can go', () => {
    snapshot(turnView(), turnView({ id: 't2' }));
    apply({ kind: 'turnRemoved', turnId: 't1' });
    expect(store.turns.map(({ id }) => id)).toEqual(['t2']);
  });

  it('that nobody knows is an error', () => {
    snapshot();
    expect(() => apply({ kind: 'append', turnId: 'x', text: 'a', thinking: '' })).toThrow('got x');
  });
});

describe('a snapshot', () => {
  it('keeps what is on the page where it is the same or longer', () => {
    snapshot(turnView({ text: 'First.\n\nSecond.\n\n', state: 'streaming' }));
    frames.settle();
    const before = only();
    const paragraph = shown().querySelector('p');
    snapshot(turnView({ text: 'First.\n\nSecond.\n\nThird.', state: 'done' }));
    frames.settle();
    expect(only()).toBe(before);
    expect(paragraph).not.toBeNull();
    expect(shown().querySelector('p')).toBe(paragraph);
    expect(shown().querySelectorAll('p')).toHaveLength(3);
  });

  it('replaces a text that is another, and drops turns that are gone', () => {
    snapshot(turnView({ text: 'Old' }), turnView({ id: 't2' }));
    expect(store.turns).toHaveLength(2);
    store.turns[0]?.answer.show(document.createElement('div'));
    frames.settle();
    snapshot(turnView({ text: 'New' }));
    frames.settle();
    expect(store.turns).toHaveLength(1);
    expect(shown().textContent).toBe('New');
  });
});

describe('a turn that is to be shown', () => {
  it('is there to take once, also when it was asked for before it came', () => {
    let asked = 0;
    store.onShowTurn(() => asked++);
    store.showTurn('t1');
    expect(asked).toBe(1);
    expect(store.takeTurnToShow()).toBeUndefined();
    snapshot(turnView());
    expect(store.takeTurnToShow()).toBe('t1');
    expect(store.takeTurnToShow()).toBeUndefined();
  });
});

describe('the session', () => {
  it('changes by what is there', () => {
    snapshot();
    apply({ kind: 'session', session: { busy: true, model: 'm2' } });
    expect(store.session).toEqual(sessionView({ busy: true, model: 'm2' }));
  });
});

describe('a screen reader', () => {
  it('is told the end of an answer once, and no token of it', () => {
    snapshot(turnView({ state: 'waiting' }));
    apply({ kind: 'append', turnId: 't1', text: 'Hello', thinking: '' });
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'streaming' } });
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'done' } });
    apply({ kind: 'turn', turnId: 't1', patch: { canContinue: true } });
    expect(announced).toEqual(['Answer finished.']);
  });

  it('is told at once what went wrong', () => {
    snapshot(turnView({ state: 'streaming' }));
    const error = {
      kind: 'overloaded',
      title: 'Overloaded',
      detail: '',
      retry: 'first' as const,
      actions: [],
    };
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'failed', error } });
    expect(announced).toEqual(['! Error: Overloaded']);
  });
});

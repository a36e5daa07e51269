// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TurnView } from '../../../../../src/protocol/turn';
import type { Hit } from '../../../../../src/webview/chat/find/findIndex';
import { FindSearch, MAX_HITS } from '../../../../../src/webview/chat/find/findSearch';
import { TurnModel } from '../../../../../src/webview/chat/turnModel';
import { FakeClock } from '../../../../helpers/fakeClock';
import { FakeFrames } from '../../helpers/fakeFrames';
import { bodyDeps } from '../../helpers/markdownPage';
import { turnView } from '../../helpers/views';

let frames: FakeFrames;
let clock: FakeClock;
let search: FindSearch;
let reached: Hit[];

beforeEach(() => {
  frames = new FakeFrames();
  clock = new FakeClock();
  const deps = bodyDeps(frames);
  search = new FindSearch(deps.parser, deps.slices, clock);
  reached = [];
  search.onReach((hit) => reached.push(hit));
});

afterEach(() => search.dispose());

function turn(id: string, over: Partial<TurnView>): TurnModel {
  return new TurnModel(turnView({ id, prompt: 'Q', ...over }), bodyDeps(frames));
}

function look(text: string, turnId?: string, goes = true): void {
  const origin = turnId === undefined ? undefined : { turnId, part: 'question' as const, block: 0 };
  search.start({ text, isCaseSensitive: false, isWholeWord: false }, origin, goes);
  frames.settle();
}

const at = (hit: Hit | undefined): unknown =>
  hit && [hit.turnId, hit.part, hit.block, hit.index].join(' ');

describe('find', () => {
  it('finds what questions, thinking and answers show, in order', () => {
    search.setTurns([
      turn('a', { prompt: 'a needle', thinking: 'needle?', text: 'No.\n\nA **nee**dle, needle.' }),
      turn('b', { text: 'needle' }),
    ]);
    look('needle');
    expect([search.count, search.position]).toEqual([5, 1]);
    const places = [at(search.current)];
    for (let step = 0; step < 5; step++) {
      search.go(1, undefined);
      places.push(at(search.current));
    }
    expect(places).toEqual([
      'a question 0 0',
      'a thinking 0 0',
      'a answer 1 0',
      'a answer 1 1',
      'b answer 0 0',
      'a question 0 0',
    ]);
    search.go(-1, undefined);
    expect([at(search.current), search.position]).toEqual(['b answer 0 0', 5]);
  });

  it('begins where the reader is, and goes around where nothing follows', () => {
    search.setTurns(['a', 'b', 'c'].map((id) => turn(id, { text: id === 'c' ? '' : 'needle' })));
    look('needle', 'b');
    expect(reached.map(at)).toEqual(['b answer 0 0']);
    expect(search.position).toBe(2);
    look('needle', 'c');
    expect(at(search.current)).toBe('a answer 0 0');
  });

  it('only counts where it was not asked to go, and then steps from the reader', () => {
    search.setTurns(['a', 'b'].map((id) => turn(id, { text: 'needle' })));
    look('needle', 'b', false);
    expect([search.count, search.position, reached.length]).toEqual([2, 0, 0]);
    search.go(-1, { turnId: 'b', part: 'question', block: 0 });
    expect(at(search.current)).toBe('a answer 0 0');
  });

  it('works a few milliseconds a frame', () => {
    frames.tickMs = 2;
    search.setTurns(Array.from({ length: 50 }, (_, index) => turn(String(index), { text: 'x' })));
    search.start({ text: 'x', isCaseSensitive: false, isWholeWord: false }, undefined);
    frames.paint();
    expect(search.isRunning).toBe(true);
    expect(search.count).toBeLessThan(50);
    frames.settle();
    expect([search.isRunning, search.count]).toEqual([false, 50]);
  });

  it('counts what comes later and stays where the reader is', async () => {
    const growing = turn('a', { text: 'needle', state: 'streaming' });
    search.setTurns([growing]);
    look('needle');
    const before = at(search.current);
    growing.append(' and a needle', '', 0);
    await clock.advance(1_000);
    frames.settle();
    expect([search.count, at(search.current)]).toEqual([2, before]);
    expect(reached).toHaveLength(1);
  });

  it('forgets turns that go', () => {
    const [first, second] = [turn('a', { text: 'needle' }), turn('b', { text: 'needle' })];
    search.setTurns([first, second]);
    look('needle');
    search.setTurns([second]);
    expect([search.count, search.current]).toEqual([1, undefined]);
    search.go(1, undefined);
    expect(at(search.current)).toBe('b answer 0 0');
  });

  it('stops counting where nobody goes through them', () => {
    search.setTurns([turn('a', { prompt: 'e'.repeat(MAX_HITS + 5) }), turn('b', { text: 'e' })]);
    look('e');
    expect(search.count).toBe(MAX_HITS);
  });

  it('looks for nothing any more when nothing is typed', () => {
    search.setTurns([turn('a', { text: 'needle' })]);
    look('needle');
    look('');
    expect([search.count, search.position, search.isRunning]).toEqual([0, 0, false]);
  });
});

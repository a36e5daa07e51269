import { beforeEach, describe, expect, it } from 'vitest';
import { Heights } from '../../../../../src/webview/chat/window/heights';
import { mountedRows, runsOf } from '../../../../../src/webview/chat/window/mountedRows';

let heights: Heights;

beforeEach(() => {
  heights = new Heights();
  heights.setRows(['a', 'b', 'c', 'd'], () => 100);
});

describe('heights of rows', () => {
  it('are guessed until they are measured', () => {
    heights.measure(1, 250);
    expect([0, 1, 2, 3, 4].map((row) => heights.offset(row))).toEqual([0, 100, 350, 450, 550]);
    expect(heights.total).toBe(550);
  });

  it('tell which row is at a place, the first and last one for what is outside', () => {
    heights.measure(1, 250);
    expect([-5, 0, 99, 100, 349, 350, 9_999].map((y) => heights.indexAt(y))).toEqual([
      0, 0, 0, 1, 1, 2, 3,
    ]);
    heights.setRows([], () => 100);
    expect(heights.indexAt(0)).toBe(-1);
  });

  it('stay with their row when others come and go', () => {
    heights.measure(2, 40);
    heights.setRows(['x', 'c', 'd'], () => 70);
    expect([0, 1, 2, 3].map((row) => heights.offset(row))).toEqual([0, 70, 110, 180]);
  });

  it('are scaled as the guess is at another width', () => {
    heights.measure(0, 300);
    heights.rescale((row) => (row === 0 ? 50 : 120));
    expect(heights.offset(1)).toBe(150);
    expect(heights.offset(2)).toBe(270);
  });
});

describe('rows in the page', () => {
  it('are those near the screen and those that are held', () => {
    expect(mountedRows(heights, 120, 250, [])).toEqual([1, 2]);
    expect(mountedRows(heights, 0, 50, [3, -1, 99])).toEqual([0, 3]);
  });

  it('are none where there are none', () => {
    heights.setRows([], () => 100);
    expect(mountedRows(heights, 0, 500, [0])).toEqual([]);
  });

  it('come in runs without gaps', () => {
    expect(runsOf([0, 1, 3, 5, 6])).toEqual([
      { from: 0, to: 2 },
      { from: 3, to: 4 },
      { from: 5, to: 7 },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseDrawRequest, parseReport } from '../../../../src/webview/diagram/diagramMessages';

const theme = {
  isDark: true,
  background: '#000000',
  foreground: '#ffffff',
  line: '#888888',
  fill: '#111111',
  fontFamily: 'sans-serif',
};

describe('what a frame reports', () => {
  it('is taken as it is meant', () => {
    expect(parseReport({ type: 'ready' })).toEqual({ type: 'ready' });
    expect(parseReport({ type: 'drawn', width: 1, height: 2.5, more: 1 })).toEqual({
      type: 'drawn',
      width: 1,
      height: 2.5,
    });
    expect(parseReport({ type: 'failed', problem: 'x'.repeat(1_000) })).toEqual({
      type: 'failed',
      problem: 'x'.repeat(300),
    });
  });

  it.each([
    undefined,
    null,
    'ready',
    { type: 'snapshot' },
    { type: 'drawn', width: '1', height: 2 },
    { type: 'drawn', width: Number.NaN, height: 2 },
    { type: 'drawn', width: 0, height: 2 },
    { type: 'drawn', width: 1e9, height: 2 },
    { type: 'failed', problem: 5 },
  ])('is dropped where it is %o', (data) => {
    expect(parseReport(data)).toBeUndefined();
  });
});

describe('what a frame is told', () => {
  it('is taken as it is meant', () => {
    expect(parseDrawRequest({ type: 'draw', source: 'pie', theme })).toEqual({
      type: 'draw',
      source: 'pie',
      theme,
    });
  });

  it.each([
    undefined,
    { type: 'draw', source: 5, theme },
    { type: 'draw', source: 'pie' },
    { type: 'draw', source: 'pie', theme: { ...theme, line: 'red; } * { color: blue' } },
    { type: 'draw', source: 'pie', theme: { ...theme, isDark: 'yes' } },
    { type: 'paint', source: 'pie', theme },
  ])('is dropped where it is %o', (data) => {
    expect(parseDrawRequest(data)).toBeUndefined();
  });
});

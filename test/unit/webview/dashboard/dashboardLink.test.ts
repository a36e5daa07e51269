import { beforeEach, describe, expect, it } from 'vitest';
import { DashboardLink } from '../../../../src/webview/dashboard/dashboardLink';
import { NOON, readWith } from '../../../helpers/dashboardReads';
import { FakeClock } from '../../../helpers/fakeClock';

let clock: FakeClock;
let posted: unknown[];
let kept: unknown;

function make(): DashboardLink {
  return new DashboardLink(
    {
      postMessage: (message) => posted.push(message),
      getState: () => kept,
      setState: (next) => (kept = next),
    },
    clock,
  );
}

beforeEach(() => {
  clock = new FakeClock(NOON);
  posted = [];
  kept = undefined;
});

describe('what the page knows', () => {
  it('is asked for until it comes', async () => {
    const link = make();
    link.refresh();
    await clock.advance(4_000);
    await clock.advance(8_000);
    const ask = { type: 'read', ask: 1, range: 'day', isCompared: false };
    expect(posted).toEqual([ask, ask, ask]);
    expect(link.isReading).toBe(true);
    link.receive({ type: 'data', ask: 1, read: readWith({ rows: [{}] }) });
    expect([link.isReading, link.refreshedAt]).toEqual([false, NOON + 12_000]);
    await clock.advance(60_000);
    expect(posted).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it('comes from the newest question only', () => {
    const link = make();
    link.refresh();
    link.choose({ range: 'week' });
    link.receive({ type: 'data', ask: 1, read: readWith({ rows: [{}] }) });
    expect(link.dataset).toBeUndefined();
    link.receive({ type: 'data', ask: 2, read: readWith({ rows: [{}, {}] }) });
    expect(link.dataset?.requests.at).toHaveLength(2);
    link.dispose();
  });

  it('is read again when there is something new', () => {
    const link = make();
    link.refresh();
    link.receive({ type: 'data', ask: 1, read: readWith({}) });
    link.receive({ type: 'changed' });
    expect(posted.at(-1)).toMatchObject({ type: 'read', ask: 2 });
    link.dispose();
  });

  it('is shown although there is something newer by then, which is read next', () => {
    const link = make();
    link.refresh();
    link.receive({ type: 'changed' });
    link.receive({ type: 'changed' });
    expect(posted).toHaveLength(1);
    link.receive({ type: 'data', ask: 1, read: readWith({ rows: [{}] }) });
    expect(link.dataset?.requests.at).toHaveLength(1);
    expect(posted.slice(1)).toEqual([{ type: 'read', ask: 2, range: 'day', isCompared: false }]);
    link.receive({ type: 'data', ask: 2, read: readWith({ rows: [{}, {}] }) });
    expect([posted.length, link.isReading]).toEqual([2, false]);
    link.dispose();
  });

  it('is read again for another time or a comparison, and filtered without that', () => {
    kept = { range: 'month', isCompared: true, model: 'opus' };
    const link = make();
    expect(link.choice).toEqual(kept);
    link.choose({ model: undefined, endpoint: 'api' });
    expect(posted).toEqual([]);
    expect(kept).toMatchObject({ range: 'month', endpoint: 'api' });
    link.choose({ isCompared: false });
    expect(posted).toHaveLength(1);
    link.dispose();
  });

  it('is not taken from what is none: the host is told', () => {
    const link = make();
    link.refresh();
    const read = readWith({ rows: [{}, {}] });
    const torn = {
      ...read.span,
      requests: { ...read.span.requests, totalMs: new Float32Array(1) },
    };
    link.receive({ type: 'data', ask: 1, read: { ...read, span: torn } });
    expect(link.dataset).toBeUndefined();
    expect(posted.at(-1)).toMatchObject({ type: 'fault' });
    link.dispose();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { keptReport, ReportMessages } from '../../../../src/host/reports/reportMessages';
import type { ReportAct, ReportPorts } from '../../../../src/host/reports/reportMessages';
import { english } from '../../../../src/host/translate';
import type { HostToReport } from '../../../../src/protocol/report';
import { exampleReport } from '../../../helpers/reports';

const report = exampleReport();
let posted: HostToReport[];
let copied: string[];
let saved: { name: string; content: string }[];
let warnings: string[];
let failures: unknown[];

const ports: ReportPorts = {
  post: (message) => void posted.push(message),
  copy: (text) => Promise.resolve(void copied.push(text)),
  save: (content, name) => Promise.resolve(void saved.push({ name, content })),
  warn: (message) => void warnings.push(message),
  fail: (error) => void failures.push(error),
  translate: english,
};

beforeEach(() => {
  posted = [];
  copied = [];
  saved = [];
  warnings = [];
  failures = [];
});

const nothing: ReportAct = () => Promise.resolve();

describe('what a report’s page says', () => {
  it('is answered with the report whenever the page is there', async () => {
    const messages = new ReportMessages(report, nothing, ports);
    await messages.take({ type: 'ready' });
    await messages.take({ type: 'ready' });
    expect(posted).toEqual([
      { type: 'report', report },
      { type: 'report', report },
    ]);
  });

  it('copies it as markdown', async () => {
    await new ReportMessages(report, nothing, ports).take({ type: 'copyMarkdown' });
    expect(copied[0]).toMatch(/^# Benchmark\n/u);
  });

  it('saves its figures as JSON, without its buttons, under a name that every system takes', async () => {
    const named = exampleReport({ title: 'A/B test?' });
    await new ReportMessages(named, nothing, ports).take({ type: 'saveJson' });
    expect(saved.map(({ name }) => name)).toEqual(['A B test.json']);
    const content: unknown = JSON.parse(saved[0]?.content ?? '');
    expect(content).toMatchObject({ title: named.title, verdict: named.verdict });
    expect(saved[0]?.content).not.toContain('actions');
    expect(saved[0]?.content).toContain('4,100');
  });

  it('does what a button stands for, once at a time', async () => {
    const done: string[] = [];
    const gate = new Deferred<void>();
    const messages = new ReportMessages(
      report,
      async (id) => {
        done.push(id);
        await gate.promise;
      },
      ports,
    );
    const first = messages.take({ type: 'act', id: 'again' });
    await messages.take({ type: 'act', id: 'again' });
    const other = messages.take({ type: 'act', id: 'keep' });
    expect(done).toEqual(['again', 'keep']);
    gate.resolve();
    await Promise.all([first, other]);
    await messages.take({ type: 'act', id: 'again' });
    expect(done).toEqual(['again', 'keep', 'again']);
  });

  it('does nothing for a button that the report has not', async () => {
    const done: string[] = [];
    const act: ReportAct = (id) => Promise.resolve(void done.push(id));
    await new ReportMessages(report, act, ports).take({ type: 'act', id: 'deleteEverything' });
    expect(done).toEqual([]);
  });

  it('tells what failed, and the button works again', async () => {
    let count = 0;
    const act: ReportAct = () => Promise.reject(new Error(`no ${String(++count)}`));
    const messages = new ReportMessages(report, act, ports);
    await messages.take({ type: 'act', id: 'keep' });
    await messages.take({ type: 'act', id: 'keep' });
    expect(failures).toEqual([new Error('no 1'), new Error('no 2')]);
    const full = { ...ports, save: () => Promise.reject(new Error('disk full')) };
    await new ReportMessages(report, nothing, full).take({ type: 'saveJson' });
    expect(failures.at(-1)).toEqual(new Error('disk full'));
  });

  it('is written to the log where it is a fault or no message at all', async () => {
    const messages = new ReportMessages(report, nothing, ports);
    await messages.take({ type: 'fault', message: 'x is undefined' });
    await messages.take({ type: 'act', id: 7 });
    await messages.take('ready');
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain('x is undefined');
    expect([posted, failures]).toEqual([[], []]);
  });
});

describe('a report of a run that is over', () => {
  it('is shown without its buttons, and none is acted on', async () => {
    const messages = new ReportMessages(report, undefined, ports);
    await messages.take({ type: 'ready' });
    await messages.take({ type: 'act', id: 'again' });
    const sections = posted[0]?.report.sections ?? [];
    expect(sections.map(({ actions }) => actions)).toEqual([[], []]);
    expect(sections.map(({ heading }) => heading)).toEqual(['Latency', 'Conditions']);
    expect(failures).toEqual([]);
  });

  it('is what the page has kept, where that is one', () => {
    expect(keptReport(structuredClone(report))).toEqual(report);
    expect(keptReport(undefined)).toBeUndefined();
    expect(keptReport({ ...report, verdict: 'fine' })).toBeUndefined();
  });
});

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CAUSE_KINDS, FIX_IDS } from '../../../../src/engine/diagnostics/cause';
import { CAUSE_TEXTS, evidenceText, fixLabel } from '../../../../src/host/diagnose/causeTexts';
import { diagnoseReport } from '../../../../src/host/diagnose/diagnoseReport';
import { redaction } from '../../../../src/host/diagnose/redaction';
import { Redactor } from '../../../../src/host/logging/redactor';
import { english } from '../../../../src/host/translate';
import { reportSchema } from '../../../../src/protocol/report';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import { failedTurn, requestRecord } from '../../../helpers/requestRecord';

const AT = Date.UTC(2026, 0, 1, 12);
const held = {
  conversations: 3,
  connections: 2,
  pageNodes: [1_204, 530],
  heldBytes: 2_000,
  unwritten: 4,
  engineListeners: 5,
  chatListeners: 6,
};

function report(
  changes: Parameters<typeof diagnosisFacts>[0] = {},
  redact = (text: string) => text,
) {
  const facts = diagnosisFacts(changes);
  return diagnoseReport({ facts, held, at: AT, versions: 'Pulse 1' }, redact, english);
}

describe('the report of a diagnosis', () => {
  it('says that nothing is wrong, and still shows what was looked at', () => {
    const made = report();
    expect(v.parse(reportSchema, made)).toEqual(made);
    expect(made.verdict).toEqual({ tone: 'good', text: 'Nothing wrong was found.' });
    expect(made.sections.map(({ heading }) => heading)).toEqual([
      'Network',
      'This computer',
      'Recent errors',
      'Memory: parts of Pulse',
    ]);
  });

  it('shows how memory went, and a column of findings only where something was found', () => {
    const memory = [
      { at: 0, heldBytes: 100_000_000 },
      { at: 600_000, heldBytes: 130_000_000 },
    ];
    const computer = (changes: Parameters<typeof report>[0]) =>
      report(changes).sections.find(({ heading }) => heading === 'This computer')?.table;
    const well = computer({ memory });
    expect(well?.columns.map(({ label }) => label)).toEqual(['What', 'Figure']);
    expect(well?.rows.map((row) => row.map(({ text }) => text))).toContainEqual([
      'The same in 10 min, with buffers',
      '100.0 MB, then 130.0 MB',
    ]);
    const { local } = diagnosisFacts();
    const full = computer({
      local: { ...local, disk: { outcome: 'failed', tookMs: 1, failure: { code: 'ENOSPC' } } },
    });
    expect(full?.columns.map(({ label }) => label)).toEqual(['What', 'Found', 'Figure']);
    expect(full?.rows.at(-1)?.[1]).toEqual({ text: 'ENOSPC', tone: 'bad' });
  });

  it('shows what Pulse holds itself', () => {
    const table = report().sections.at(-1)?.table;
    expect(table?.columns.map(({ label }) => label)).toEqual(['What', 'Figure']);
    expect(table?.rows.map((row) => row.map(({ text }) => text))).toContainEqual([
      'DOM nodes of each chat page in sight',
      '1,204 · 530',
    ]);
  });

  it('puts the likeliest cause first, with what to click', () => {
    const { network } = diagnosisFacts();
    const made = report({
      network: {
        ...network,
        tcp: { outcome: 'failed', tookMs: 1, failure: { code: 'ECONNREFUSED' } },
        tls: { outcome: 'skipped' },
        http: { outcome: 'timeout', tookMs: 20_000 },
      },
    });
    expect(made.verdict).toEqual({ tone: 'bad', text: 'Nothing listens at this port.' });
    const [first] = made.sections;
    expect(first?.paragraphs[1]).toBe('Where: api.example:443. Error code: ECONNREFUSED.');
    expect(first?.actions[0]).toEqual({
      id: 'setBaseUrl',
      label: 'Change Base URL',
      isMain: true,
    });
  });

  it('holds no key, no path of the user and no words of a server', () => {
    const redactor = new Redactor();
    redactor.add('secret-header-value');
    const paths = { home: '/people/ada', workspaces: ['/people/ada/code/engine'] };
    const { network, metrics } = diagnosisFacts();
    const message =
      'Failed at /people/ada/code/engine/a.ts and /people/ada/x with sk-ant-abcdefgh1234 and secret-header-value.';
    const error = { ...failedTurn('api').error, said: 'The question was: why' };
    const made = report(
      {
        metrics: {
          ...metrics,
          recent: [
            requestRecord({
              outcome: 'failed',
              error: {
                kind: 'api',
                message: error.said,
                said: error.said,
                status: 500,
                requestId: undefined,
                retryable: true,
                retryAfterMs: undefined,
              },
            }),
          ],
        },
        network: {
          ...network,
          http: {
            outcome: 'failed',
            tookMs: 1,
            failure: { code: 'ECONNRESET', kind: 'network', proxyStatus: undefined, message },
          },
        },
      },
      redaction(redactor, paths),
    );
    const text = JSON.stringify(made);
    expect(text).toContain('Failed at <workspace>/a.ts and ~/x with [secret] and [secret].');
    for (const secret of ['/people/ada', 'sk-ant-', 'secret-header-value', 'The question was']) {
      expect(text).not.toContain(secret);
    }
  });

  it('knows paths of Windows in each of their spellings', () => {
    const redact = redaction(new Redactor(), { home: 'C:\\Users\\Ada L', workspaces: [] });
    expect(redact('C:\\Users\\Ada L\\a file:///C:/Users/Ada%20L/b C:/Users/Ada L/c')).toBe(
      '~\\a file:///~/b ~/c',
    );
    // VS Code writes drives in lower case, Node as they are, addresses with the colon encoded.
    expect(redact('c:\\Users\\Ada L\\a file:///c%3A/Users/Ada%20L/b')).toBe('~\\a file:///~/b');
  });

  it('has a text of its own for every cause and every fix', () => {
    const titles = CAUSE_KINDS.map((kind) => CAUSE_TEXTS[kind](english).title);
    expect(new Set(titles).size).toBe(CAUSE_KINDS.length);
    expect(new Set(FIX_IDS.map((fix) => fixLabel(fix, english))).size).toBe(FIX_IDS.length);
  });

  it('writes figures with their units', () => {
    expect(evidenceText({ name: 'writeMs', value: 1_200 }, english)).toBe(
      'A small file took: 1.2 s.',
    );
    expect(evidenceText({ name: 'cpuShare', value: 0.5 }, english)).toBe(
      'Extensions: 50 % of a core.',
    );
    expect(evidenceText({ name: 'status', value: 1_401 }, english)).toBe('HTTP status: 1401.');
  });
});

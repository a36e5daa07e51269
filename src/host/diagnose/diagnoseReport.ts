import { findCauses } from '../../engine/diagnostics/causes';
import type { Cause, Facts } from '../../engine/diagnostics/cause';
import type { RequestRecord } from '../../engine/metrics/snapshot';
import type { Report, ReportSection, ReportTable } from '../../protocol/report';
import { errorTitle } from '../chat/errorTexts';
import { formatMs, formatTime } from '../format';
import type { Translate } from '../translate';
import { CAUSE_TEXTS, evidenceText, fixLabel } from './causeTexts';
import { localRows, networkRows } from './findingRows';
import { heldRows } from './heldParts';
import type { HeldParts } from './heldParts';

const RECENT_ERRORS = 10;

export interface Diagnosis {
  readonly facts: Facts;
  readonly held: HeldParts;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Extension, editor, operating system: one line. */
  readonly versions: string;
}

/** The report of a diagnosis, ready to be given away: every text of it has passed `redact`. */
export function diagnoseReport(
  diagnosis: Diagnosis,
  redact: (text: string) => string,
  t: Translate,
): Report {
  const { facts, held, at, versions } = diagnosis;
  const causes = findCauses(facts);
  const [likeliest] = causes;
  const report: Report = {
    title: t('Diagnosis'),
    subtitle: [facts.endpointId, formatTime(at, at), versions].join(' · '),
    verdict: likeliest
      ? { tone: 'bad', text: `${CAUSE_TEXTS[likeliest.kind](t).title}.` }
      : { tone: 'good', text: t('Nothing wrong was found.') },
    sections: [
      ...causes.map((cause, index) => causeSection(cause, index === 0, t)),
      networkSection(facts, t),
      tableSection(t('This computer'), localRows(facts.local, facts.memory, t), t),
      errorsSection(facts.metrics.recent, at, t),
      tableSection(t('Memory: parts of Pulse'), heldRows(held, facts, t).map(plainRow), t),
    ],
  };
  return redacted(report, redact);
}

function causeSection(cause: Cause, isFirst: boolean, t: Translate): ReportSection {
  const { title, advice } = CAUSE_TEXTS[cause.kind](t);
  return {
    heading: title,
    tone: isFirst ? 'bad' : 'doubtful',
    paragraphs: [advice, cause.evidence.map((each) => evidenceText(each, t)).join(' ')],
    actions: cause.fixes.map((fix, index) => ({
      id: fix,
      label: fixLabel(fix, t),
      isMain: isFirst && index === 0,
    })),
  };
}

function networkSection({ network }: Facts, t: Translate): ReportSection {
  const { tls, http } = network;
  const chain = tls.outcome === 'ok' ? tls.value.chain : [];
  const paragraphs = chain.map(({ subject, issuer, validTo }) =>
    t('Certificate of {0}, issued by {1}, valid until {2}.', subject, issuer, validTo),
  );
  if (http.outcome === 'failed') paragraphs.push(http.failure.message);
  return { ...tableSection(t('Network'), networkRows(network, t), t), paragraphs };
}

function errorsSection(recent: readonly RequestRecord[], at: number, t: Translate): ReportSection {
  const failed = recent.filter(({ outcome }) => outcome === 'failed').slice(0, RECENT_ERRORS);
  const rows = failed.map(({ error, model, at: when, timing, requestId }) => [
    [formatTime(when, at), error && errorTitle(error.kind, t), error?.status]
      .filter((part) => part !== undefined)
      .join(' · '),
    [model, requestId].filter((part) => part !== undefined).join(' · '),
    formatMs(timing.totalMs),
  ]);
  if (rows.length === 0) {
    return {
      heading: t('Recent errors'),
      tone: 'plain',
      paragraphs: [t('No request failed.')],
      actions: [],
    };
  }
  return tableSection(t('Recent errors'), rows.map(plainRow), t);
}

function plainRow(texts: readonly string[]): ReportTable['rows'][number] {
  return texts.map((text) => ({ text, tone: 'plain' }));
}

/** Of what was looked at, what was found (no column where that is nothing), and its figure. */
function tableSection(heading: string, rows: ReportTable['rows'], t: Translate): ReportSection {
  const columns: ReportTable['columns'] = [
    { label: t('What'), holds: 'words' },
    { label: t('Found'), holds: 'words' },
    { label: t('Figure'), holds: 'figures' },
  ];
  const isShown = (column: number): boolean =>
    column !== 1 || rows.some((row) => row[column]?.text !== '');
  return {
    heading,
    tone: 'plain',
    paragraphs: [],
    actions: [],
    table: {
      columns: columns.filter((_, column) => isShown(column)),
      rows: rows.map((row) => row.filter((_, column) => isShown(column))),
    },
  };
}

function redacted(report: Report, redact: (text: string) => string): Report {
  return {
    title: report.title,
    subtitle: redact(report.subtitle),
    verdict: { ...report.verdict, text: redact(report.verdict.text) },
    sections: report.sections.map((section) => ({
      ...section,
      heading: redact(section.heading),
      paragraphs: section.paragraphs.map(redact),
      ...(section.table
        ? {
            table: {
              ...section.table,
              rows: section.table.rows.map((row) =>
                row.map(({ text, tone }) => ({ text: redact(text), tone })),
              ),
            },
          }
        : {}),
    })),
  };
}

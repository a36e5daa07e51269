import type { ReportCell, ReportSection, ReportTable } from '../../protocol/report';
import type { Translate } from '../translate';

/** A section about one endpoint. */
interface EndpointSection {
  /** The endpoint's. */
  readonly label: string;
  readonly section: ReportSection;
}

/**
 * Sections of several endpoints about the same thing as one, whose table has a column for the endpoint; none where there are none. The first
 * paragraph is that of all, the others are led by their endpoint. Actions are left out.
 */
export function sideBySide(
  parts: readonly EndpointSection[],
  t: Translate,
): readonly ReportSection[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { heading, tone, paragraphs, table } = first.section;
  const own = parts.flatMap(({ label, section }) =>
    section.paragraphs.slice(1).map((text) => `${label} · ${text}`),
  );
  return [
    {
      heading,
      tone,
      paragraphs: [...paragraphs.slice(0, 1), ...own],
      ...(table === undefined ? {} : { table: joined(table, parts, t) }),
      actions: [],
    },
  ];
}

function joined(
  { columns }: ReportTable,
  parts: readonly EndpointSection[],
  t: Translate,
): ReportTable {
  return {
    columns: [{ label: t('Endpoint'), holds: 'words' }, ...columns],
    rows: parts.flatMap(({ label, section }) => {
      const name: readonly ReportCell[] = [{ text: label, tone: 'plain' }];
      return (section.table?.rows ?? []).map((row) => name.concat(row));
    }),
  };
}

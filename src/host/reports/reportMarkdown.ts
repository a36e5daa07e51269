import type { Report, ReportCell, ReportSection, ReportTable, Tone } from '../../protocol/report';
import { escapeMarkdown } from '../markdown';
import type { Translate } from '../translate';

/** Read where there is no colour, too. */
const MARKS: Readonly<Record<Tone, string>> = { good: '✓ ', bad: '✗ ', doubtful: '? ', plain: '' };

/** A report as a document of GitHub's markdown, ready for an issue: every text in it means nothing but itself. */
export function reportMarkdown(report: Report, t: Translate): string {
  const { title, subtitle, verdict, sections } = report;
  const words: Readonly<Record<Tone, string>> = {
    good: t('Good'),
    bad: t('Bad'),
    doubtful: t('Doubtful'),
    plain: '',
  };
  const word = words[verdict.tone];
  const label = word === '' ? '' : `**${MARKS[verdict.tone]}${escapeMarkdown(word)}** · `;
  const blocks = [
    `# ${plain(title)}`,
    plain(subtitle),
    label + plain(verdict.text),
    ...sections.flatMap(sectionBlocks),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function sectionBlocks({ heading, tone, paragraphs, table }: ReportSection): string[] {
  return [
    `## ${MARKS[tone]}${plain(heading)}`,
    ...paragraphs.map(plain),
    ...(table ? [tableBlock(table)] : []),
  ];
}

function tableBlock({ columns, rows }: ReportTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ label }) => plain(label))),
    line(columns.map(({ holds }) => (holds === 'figures' ? '---:' : ':---'))),
    ...rows.map((row) => line(columns.map((_, index) => cellText(row[index])))),
  ].join('\n');
}

function cellText(cell: ReportCell | undefined): string {
  return cell === undefined ? '' : MARKS[cell.tone] + plain(cell.text);
}

function plain(text: string): string {
  return escapeMarkdown(text).trim();
}

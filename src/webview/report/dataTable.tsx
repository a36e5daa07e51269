import type { JSX } from 'preact';
import type { ReportCell, ReportTable } from '../../protocol/report';
import { ToneMark } from './toneMark';

interface Props {
  readonly caption: string;
  readonly table: ReportTable;
}

/** A table that scrolls in a frame of its own, which the keyboard reaches; a first column of words names its rows. */
export function DataTable({ caption, table: { columns, rows } }: Props): JSX.Element {
  const hasRowNames = columns[0]?.holds === 'words';
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ label, holds }, index) => (
              <th key={index} scope="col" class={holds}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ holds }, column) => {
                const content = <Cell cell={row[column]} />;
                return column === 0 && hasRowNames ? (
                  <th key={column} scope="row" class={holds}>
                    {content}
                  </th>
                ) : (
                  <td key={column} class={holds}>
                    {content}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell }: { readonly cell: ReportCell | undefined }): JSX.Element | null {
  if (!cell) return null;
  return (
    <>
      <ToneMark tone={cell.tone} />
      {cell.text}
    </>
  );
}

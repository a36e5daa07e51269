import type { JSX } from 'preact';
import type { Tile } from './tileTexts';
import { texts } from './texts/texts';

/** The figures of the stretch, each with a note and how it differs from the period before. */
export function Tiles({ tiles }: { readonly tiles: readonly Tile[] }): JSX.Element {
  return (
    <section aria-label={texts.figures}>
      <dl class="tiles">
        {tiles.map(({ name, value, note, change }) => (
          <div key={name} class="tile">
            <dt>{texts.tiles[name]}</dt>
            <dd class="tile-value">{value}</dd>
            {change && (
              <dd class={`tile-change ${change.tone}`}>
                <span aria-hidden="true">{change.text}</span>
                <span class="visually-hidden">{texts.againstBefore(change.text)}</span>
              </dd>
            )}
            {note !== '' && <dd class="tile-note">{note}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}

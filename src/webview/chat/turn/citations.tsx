import type { JSX } from 'preact';
import type { CitationView } from '../../../protocol/turn';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import { isSafeLink } from '../markdown/renderInline';

/** The sources that an answer cites, quietly below it. */
export function Citations({
  citations,
}: {
  readonly citations: readonly CitationView[];
}): JSX.Element {
  return (
    <section class="citations" aria-label={strings.citations}>
      <ul class="notes">
        {citations.map(({ title, quote, href }) => (
          <li key={`${title}\n${href ?? ''}\n${quote}`}>
            <Icon name="quote" />
            <span>
              {title !== '' &&
                (href !== undefined && isSafeLink(href) ? (
                  <a href={href} title={href}>
                    {title}
                  </a>
                ) : (
                  <span class="citation-title">{title}</span>
                ))}
              {quote !== '' && <q>{quote}</q>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

import { toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { codeClick } from './markdown/codeClicks';
import { footnoteClick } from './markdown/footnoteClicks';
import { isSafeLink } from './markdown/renderInline';
import type { Panel } from './panel';

/** Clicks inside of answers: links, footnotes and the buttons of code. One listener for all of them. */
export function handleBodyClicks(root: HTMLElement, panel: Panel): DisposableLike {
  const onClick = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target : undefined;
    const link = target?.closest('a');
    if (link) {
      // The page around the webview would open it, too, and without the host's check.
      event.preventDefault();
      event.stopPropagation();
      const href = link.getAttribute('href') ?? '';
      if (isSafeLink(href)) panel.post({ type: 'openLink', href });
      return;
    }
    if (!target || event.type !== 'click' || footnoteClick(target)) return;
    codeClick(target, panel);
  };
  root.addEventListener('click', onClick);
  root.addEventListener('auxclick', onClick);
  return toDisposable(() => {
    root.removeEventListener('click', onClick);
    root.removeEventListener('auxclick', onClick);
  });
}

import { toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { copyText } from '../shared/clipboard';
import { COPIED_MS } from '../shared/copyButton';
import { strings } from '../shared/strings';
import { codeBlockOf } from './markdown/codeBlock';
import { isSafeLink } from './markdown/renderInline';
import type { Panel } from './panel';

/** Clicks inside of answers: links and the copy buttons of code. One listener for all of them. */
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
    const button = target?.closest<HTMLElement>('.code-copy');
    if (button) copyCode(button, panel);
  };
  root.addEventListener('click', onClick);
  root.addEventListener('auxclick', onClick);
  return toDisposable(() => {
    root.removeEventListener('click', onClick);
    root.removeEventListener('auxclick', onClick);
  });
}

function copyCode(button: HTMLElement, panel: Panel): void {
  const block = button.closest('.code-block');
  const code = block && codeBlockOf(block);
  if (!code) return;
  void copyText(code.source).then((done) => {
    panel.store.announce(done ? strings.copied : strings.copyFailed);
    if (!done) return;
    const icon = button.firstElementChild;
    icon?.classList.replace('codicon-copy', 'codicon-check');
    setTimeout(() => icon?.classList.replace('codicon-check', 'codicon-copy'), COPIED_MS);
  });
}

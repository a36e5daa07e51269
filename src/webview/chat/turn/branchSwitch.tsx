import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import type { TurnFacts } from '../turnModel';

interface BranchSwitchProps {
  readonly panel: Panel;
  readonly turnId: string;
  readonly branch: NonNullable<TurnFacts['branch']>;
  readonly isBusy: boolean;
}

/** "‹ 2 / 3 ›": which version of the question is shown. The arrow keys work on it, too. */
export function BranchSwitch({ panel, turnId, branch, isBusy }: BranchSwitchProps): JSX.Element {
  const group = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = group.current;
    return () => element && handFocusOn(element);
  }, []);
  const { index, count } = branch;
  const go = (to: number): void => {
    if (isBusy || to < 0 || to >= count) return;
    panel.post({ type: 'switchBranch', turnId, index: to });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    go(event.key === 'ArrowLeft' ? index - 1 : index + 1);
  };
  const hint = isBusy ? `: ${strings.notWhileBusy}` : '';
  return (
    <div
      class="branch"
      role="group"
      aria-label={strings.versions}
      ref={group}
      onKeyDown={onKeyDown}
    >
      <IconButton
        icon="chevron-left"
        label={strings.previousVersion + hint}
        isDisabled={isBusy || index === 0}
        onClick={() => go(index - 1)}
      />
      <span aria-hidden="true">{`${String(index + 1)} / ${String(count)}`}</span>
      <span class="visually-hidden">{strings.versionOf(index + 1, count)}</span>
      <IconButton
        icon="chevron-right"
        label={strings.nextVersion + hint}
        isDisabled={isBusy || index === count - 1}
        onClick={() => go(index + 1)}
      />
    </div>
  );
}

/** Another version is another turn: who went there by keyboard goes on from the same button. */
function handFocusOn(gone: HTMLElement): void {
  const at = [...gone.querySelectorAll('button')].findIndex((b) => b === document.activeElement);
  const transcript = gone.closest('[role=log]');
  if (at === -1 || !transcript) return;
  const place = gone.closest('article')?.getAttribute('aria-posinset') ?? '';
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const next = transcript.querySelector(`article[aria-posinset="${CSS.escape(place)}"]`);
    next?.querySelectorAll<HTMLElement>('.branch button')[at]?.focus({ preventScroll: true });
  });
}

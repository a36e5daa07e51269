import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import { useEvents } from '../../shared/useEvent';
import { MarkdownBody } from '../markdownBody';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';

interface CompactionProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** From here up, the model is told a summary: what it says, and the way back. */
export function Compaction({ panel, turn }: CompactionProps): JSX.Element | null {
  useEvents(turn.ui.onChange);
  const summaryId = useId();
  const { compaction } = turn.facts;
  if (!compaction) return null;
  const { isSummaryOpen } = turn.ui.state;
  return (
    <section class="compaction">
      <p class="compaction-line">
        <span class="compaction-label">
          <Icon name="fold" />
          <span>{compaction.label}</span>
        </span>
        <button
          type="button"
          class="link-button"
          aria-expanded={isSummaryOpen}
          aria-controls={isSummaryOpen ? summaryId : undefined}
          onClick={() => turn.ui.set({ isSummaryOpen: !isSummaryOpen })}
        >
          {isSummaryOpen ? strings.hideSummary : strings.showSummary}
        </button>
        <button
          type="button"
          class="link-button"
          title={strings.undoCompactionHint}
          onClick={() => panel.post({ type: 'undoCompaction' })}
        >
          {strings.undoCompaction}
        </button>
      </p>
      {isSummaryOpen && <Summary id={summaryId} panel={panel} text={compaction.summary} />}
    </section>
  );
}

interface SummaryProps {
  readonly id: string;
  readonly panel: Panel;
  readonly text: string;
}

function Summary({ id, panel, text }: SummaryProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const body = new MarkdownBody(panel.bodies);
    if (place.current) body.show(place.current);
    body.replace(text);
    body.finish();
    return () => body.dispose();
  }, [panel, text]);
  return <div class="compaction-summary" id={id} ref={place} />;
}

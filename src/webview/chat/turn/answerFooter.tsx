import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { CopyButton } from '../../shared/copyButton';
import { strings } from '../../shared/strings';
import { Toolbar } from '../../shared/toolbar';
import { useEvents } from '../../shared/useEvent';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';
import { TurnStats } from '../turnStats';
import { FeedbackButtons, ReasonField } from './feedback';
import { Regenerate } from './regenerate';
import { TurnDetails } from './waterfall';

interface AnswerFooterProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** What an answer took, and what can be done with it. */
export function AnswerFooter({ panel, turn }: AnswerFooterProps): JSX.Element {
  const { ui, facts } = turn;
  useEvents(ui.onChange);
  const detailsId = useId();
  const { stats } = facts;
  const hasDetails = stats !== undefined && (stats.phases.length > 0 || !!stats.requestId);
  const { isDetailOpen, reason } = ui.state;
  return (
    <footer class="turn-footer">
      <div class="turn-footer-row">
        <TurnStats
          model={facts.model}
          stats={stats}
          details={
            hasDetails
              ? {
                  isOpen: isDetailOpen,
                  id: detailsId,
                  toggle: () => ui.set({ isDetailOpen: !isDetailOpen }),
                }
              : undefined
          }
        />
        <Toolbar className="answer-actions" label={strings.answerActions}>
          {turn.hasText && (
            <CopyButton
              label={strings.copyAnswer}
              text={() => turn.answer.text}
              announce={(text) => panel.store.announce(text)}
            />
          )}
          <Regenerate panel={panel} turnId={turn.id} />
          {turn.hasText && <FeedbackButtons panel={panel} turn={turn} />}
        </Toolbar>
      </div>
      {reason !== undefined && <ReasonField panel={panel} turn={turn} />}
      {hasDetails && isDetailOpen && <TurnDetails id={detailsId} panel={panel} stats={stats} />}
    </footer>
  );
}

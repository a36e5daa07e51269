import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatDuration, formatExact } from '../shared/format';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import { MarkdownBody } from './markdownBody';
import type { Panel } from './panel';
import type { TurnModel } from './turnModel';
import { isRunning } from './turnModel';
import { tellChangedInside } from './window/parking';

/** A few screens of text, UTF-16 units: so much more of it, and what is out of sight may go. */
const TOLD_AFTER = 4_000;

interface ThinkingProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** What the model thought. Closed, it costs a number; its text is on the page only while it is open. */
export function Thinking({ panel, turn }: ThinkingProps): JSX.Element {
  useEvents(turn.onThinking, turn.onFacts, turn.ui.onChange);
  const isOpen = turn.ui.state.isThinkingOpen;
  const isThinking = isRunning(turn.facts.state) && !turn.hasText;
  return (
    <section class="thinking">
      <button
        type="button"
        class="thinking-head"
        aria-expanded={isOpen}
        onClick={() => turn.ui.set({ isThinkingOpen: !isOpen })}
      >
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
        <span>{isThinking ? strings.thinking : thoughtFor(turn.thinkingMs)}</span>
        <span class="thinking-size">{strings.thinkingSize(formatExact(turn.thinking.length))}</span>
        {isThinking && turn.facts.notice === undefined && <Icon name="loading" spins />}
      </button>
      {isOpen && <ThinkingText panel={panel} turn={turn} />}
    </section>
  );
}

function ThinkingText({ panel, turn }: ThinkingProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const body = new MarkdownBody(panel.bodies);
    let untold = 0;
    const show = (added?: string): void => {
      if (added === undefined) body.replace(turn.thinking);
      else body.append(added);
      if (!isRunning(turn.facts.state) || turn.hasText) body.finish();
    };
    // What is there already is shown as a whole, with what is far from the screen put off.
    show();
    if (place.current) body.show(place.current);
    tellChangedInside(place.current);
    const grown = turn.onThinking((added) => {
      show(added);
      untold += added?.length ?? TOLD_AFTER;
      if (untold < TOLD_AFTER) return;
      untold = 0;
      tellChangedInside(place.current);
    });
    return () => {
      grown.dispose();
      body.dispose();
    };
  }, [panel, turn]);
  return <div class="thinking-text" ref={place} />;
}

function thoughtFor(ms: number | undefined): string {
  return ms === undefined ? strings.thought : strings.thoughtFor(formatDuration(ms));
}

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatDuration, formatExact } from '../shared/format';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import { MarkdownBody } from './markdownBody';
import type { Panel } from './panel';
import type { TurnModel } from './turnModel';
import { isRunning } from './turnModel';

interface ThinkingProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
}

/** What the model thought. Closed, it costs a number; its text is on the page only while it is open. */
export function Thinking({ panel, turn }: ThinkingProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  useEvents(turn.onThinking, turn.onFacts);
  const isThinking = isRunning(turn.facts.state) && !turn.hasText;
  return (
    <section class="thinking">
      <button
        type="button"
        class="thinking-head"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
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
    place.current?.append(body.element);
    const show = (): void => body.replace(turn.thinking);
    show();
    const grown = turn.onThinking(show);
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

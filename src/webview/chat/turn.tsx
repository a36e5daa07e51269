import { Component } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import type { MarkdownBody } from './markdownBody';
import type { Panel } from './panel';
import { Thinking } from './thinking';
import { ToolUse } from './toolUse';
import { TurnError } from './turnError';
import type { TurnFacts, TurnModel } from './turnModel';
import { isRunning } from './turnModel';
import { TurnStats } from './turnStats';

const COUNTDOWN_MS = 500;

interface TurnProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
  readonly isNewest: boolean;
}

/** One question and its answer. Draws itself again when the turn's facts change, never because another turn did. */
export class Turn extends Component<TurnProps> {
  override shouldComponentUpdate(next: TurnProps): boolean {
    return next.turn !== this.props.turn || next.isNewest !== this.props.isNewest;
  }

  override render(props: TurnProps): JSX.Element {
    return <TurnContent {...props} />;
  }
}

function TurnContent({ panel, turn, isNewest }: TurnProps): JSX.Element {
  useEvents(turn.onFacts);
  const { facts } = turn;
  const running = isRunning(facts.state);
  return (
    <article
      class={`turn ${isNewest ? 'newest' : ''}`}
      data-turn={turn.id}
      aria-label={strings.question(firstLine(facts.prompt))}
      aria-busy={running}
    >
      <Question text={facts.prompt} />
      <Notes texts={facts.notes} />
      {turn.thinking !== '' && <Thinking panel={panel} turn={turn} />}
      {/* Keyed, so that what appears above never makes it another place in the page. */}
      <Body key="answer" body={turn.answer} />
      {facts.tools.map((tool) => (
        <ToolUse key={tool.id} tool={tool} />
      ))}
      {running && <Notice facts={facts} hasOutput={turn.hasText || turn.thinking !== ''} />}
      {facts.error && <TurnError panel={panel} turnId={turn.id} error={facts.error} />}
      {!running && <EndNote panel={panel} facts={facts} isNewest={isNewest} />}
      {!running && (facts.stats !== undefined || turn.hasText) && (
        <footer class="turn-footer">
          <TurnStats model={facts.model} stats={facts.stats} />
          {turn.hasText && (
            <CopyButton
              label={strings.copyAnswer}
              text={() => turn.answer.text}
              announce={(text) => panel.store.announce(text)}
            />
          )}
        </footer>
      )}
    </article>
  );
}

/** Where the answer's own element is put; its text comes past the components. */
function Body({ body }: { readonly body: MarkdownBody }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.append(body.element);
  }, [body]);
  return <div class="answer" ref={place} />;
}

function Question({ text }: { readonly text: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [isCut, setCut] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let frame = 0;
    // Not within the observer: what appears changes the size that is observed.
    const sizes = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (!isOpen) setCut(element.scrollHeight > element.clientHeight + 1);
      });
    });
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [isOpen]);
  return (
    <div class="question">
      <div class={`question-text ${isOpen ? 'open' : ''}`} ref={box}>
        {text}
      </div>
      {(isCut || isOpen) && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? strings.showLess : strings.showAll}
        </button>
      )}
    </div>
  );
}

/** What happened on the way that the reader should know. */
function Notes({ texts }: { readonly texts: readonly string[] }): JSX.Element | null {
  if (texts.length === 0) return null;
  return (
    <ul class="notes">
      {texts.map((text) => (
        <li key={text}>
          <Icon name="info" />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function Notice(props: {
  readonly facts: TurnFacts;
  readonly hasOutput: boolean;
}): JSX.Element | null {
  const { facts, hasOutput } = props;
  const text = facts.notice ?? (hasOutput ? undefined : strings.waiting);
  if (text === undefined) return null;
  return (
    <p class="notice">
      <Icon name="loading" spins />
      <span>
        {text}
        {facts.noticeUntil !== undefined && <Countdown until={facts.noticeUntil} />}
      </span>
    </p>
  );
}

/** How long a wait will still take; nothing once it is over, since waits may take longer than expected. */
function Countdown({ until }: { readonly until: number }): JSX.Element | null {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), COUNTDOWN_MS);
    return () => clearInterval(timer);
  }, [until]);
  const seconds = Math.ceil((until - now) / 1_000);
  // Read out once, with the text: not every second.
  return seconds > 0 ? <span aria-hidden="true">{strings.countdown(seconds)}</span> : null;
}

interface EndNoteProps {
  readonly panel: Panel;
  readonly facts: TurnFacts;
  readonly isNewest: boolean;
}

function EndNote({ panel, facts, isNewest }: EndNoteProps): JSX.Element | null {
  const text = facts.endNote ?? endedBy(facts.state);
  const canAskAgain = isNewest && facts.canAskAgain;
  if (text === undefined && !facts.canContinue && !canAskAgain) return null;
  return (
    <div class="end-note">
      {text !== undefined && (
        <p>
          <Icon name="info" />
          <span>{text}</span>
        </p>
      )}
      <div class="actions">
        {facts.canContinue && (
          <button
            type="button"
            class="button"
            onClick={() => panel.post({ type: 'continue', turnId: facts.id })}
          >
            {strings.continueReply}
          </button>
        )}
        {canAskAgain && (
          <button
            type="button"
            class="button secondary"
            onClick={() => panel.post({ type: 'retry', turnId: facts.id })}
          >
            {strings.askAgain}
          </button>
        )}
      </div>
    </div>
  );
}

function endedBy(state: TurnFacts['state']): string | undefined {
  if (state === 'stopped') return strings.stopped;
  return state === 'interrupted' ? strings.interrupted : undefined;
}

/** Enough of a question to tell turns apart by ear. */
function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 120) ?? '';
}

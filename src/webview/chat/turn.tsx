import { Component } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import type { MarkdownBody } from './markdownBody';
import type { Panel } from './panel';
import { Thinking } from './thinking';
import { ToolUse } from './toolUse';
import { AnswerFooter } from './turn/answerFooter';
import { Citations } from './turn/citations';
import { Compaction } from './turn/compaction';
import { Question } from './turn/question';
import { TurnError } from './turnError';
import { modelName } from './window/conversationText';
import type { TurnFacts, TurnModel } from './turnModel';
import { isRunning } from './turnModel';

const COUNTDOWN_MS = 500;

interface TurnProps {
  readonly panel: Panel;
  readonly turn: TurnModel;
  readonly isNewest: boolean;
  /** Which turn it is, from 0, and of how many: most of them are not in the page. */
  readonly index: number;
  readonly count: number;
}

/** One question and its answer. Draws itself again when the turn's facts change, never because another turn did. */
export class Turn extends Component<TurnProps> {
  override shouldComponentUpdate(next: TurnProps): boolean {
    const { turn, isNewest, index, count } = this.props;
    return (
      next.turn !== turn ||
      next.isNewest !== isNewest ||
      next.index !== index ||
      next.count !== count
    );
  }

  override render(props: TurnProps): JSX.Element {
    return <TurnContent {...props} />;
  }
}

function TurnContent({ panel, turn, isNewest, index, count }: TurnProps): JSX.Element {
  useEvents(turn.onFacts);
  const { facts } = turn;
  const running = isRunning(facts.state);
  return (
    <article
      class={`turn ${isNewest ? 'newest' : ''}`}
      data-turn={turn.id}
      aria-label={strings.question(firstLine(facts.prompt))}
      aria-busy={running}
      aria-posinset={index + 1}
      aria-setsize={count}
      tabIndex={-1}
    >
      {/* For screen readers, which go from heading to heading. */}
      <h2 class="visually-hidden speaker">{strings.you}</h2>
      <Question panel={panel} turn={turn} />
      <h2 class="visually-hidden speaker">{modelName(panel, facts.model)}</h2>
      <Notes texts={facts.notes} />
      {turn.thinking !== '' && <Thinking panel={panel} turn={turn} />}
      {/* Keyed, so that what appears above never makes it another place in the page. */}
      <Body key="answer" body={turn.answer} />
      {facts.tools.map((tool) => (
        <ToolUse key={tool.id} tool={tool} />
      ))}
      {facts.citations && <Citations citations={facts.citations} />}
      {running && <Notice facts={facts} hasOutput={turn.hasText || turn.thinking !== ''} />}
      {facts.error && <TurnError panel={panel} turnId={turn.id} error={facts.error} />}
      {!running && <EndNote panel={panel} facts={facts} isNewest={isNewest} />}
      {!running && (facts.stats !== undefined || turn.hasText) && (
        <AnswerFooter panel={panel} turn={turn} />
      )}
      {/* Something is done about the conversation as a whole. */}
      {!running && facts.notice !== undefined && <Notice facts={facts} hasOutput />}
      {facts.compaction && <Compaction panel={panel} turn={turn} />}
    </article>
  );
}

/** Where the answer's own element is put; its text comes past the components. */
function Body({ body }: { readonly body: MarkdownBody }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current) body.show(place.current);
    return () => body.hide();
  }, [body]);
  return <div class="answer" ref={place} />;
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

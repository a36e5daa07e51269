import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/iconButton';
import { isField } from '../shared/dom';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import { handleBodyClicks } from './bodyClicks';
import { Find } from './find/findBar';
import type { FindState } from './find/findState';
import type { Panel } from './panel';
import { ScrollFollower } from './scrollFollower';
import { Turn } from './turn';
import { isRunning } from './turnModel';
import type { TurnModel } from './turnModel';
import type { Screen } from './window/bringIntoView';
import { rememberPlace } from './window/rememberPlace';
import { handleSelection } from './window/selectionCopy';
import { TranscriptWindow } from './window/transcriptWindow';
import { handleTurnKeys } from './window/turnKeys';

interface TranscriptProps {
  readonly panel: Panel;
  readonly turns: readonly TurnModel[];
  readonly find: FindState;
}

/** What is there once the transcript is in the page. */
interface Shown extends Screen {
  readonly content: HTMLElement;
}

export function Transcript({ panel, turns, find }: TranscriptProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [window] = useState(() => new TranscriptWindow());
  const [shown, setShown] = useState<Shown>();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  window.setTurns(turns, panel.saved.place);
  useLayoutEffect(() => {
    const outer = scroller.current;
    const inner = content.current;
    if (!outer || !inner) return undefined;
    const made = new ScrollFollower(outer, inner);
    window.attach({ scroller: outer, content: inner, follower: made, redraw: () => redraw(0) });
    const memory = rememberPlace(outer, window, panel.saved);
    const keys = handleTurnKeys(outer, window, panel);
    const clicks = handleBodyClicks(inner, panel);
    const copies = handleSelection(outer, inner, panel);
    // Who writes there wants to see the field, whatever else grows.
    inner.addEventListener('focusin', ({ target }) => isField(target) && made.release());
    setShown({ scroller: outer, content: inner, follower: made, window });
    return () => {
      for (const part of [copies, clicks, keys, memory, window, made]) part.dispose();
    };
  }, [panel, window]);
  useShownTurn(panel, window, turns);
  const newest = useRef(turns.at(-1)?.id);
  useLayoutEffect(() => {
    const isAsked = hasNewQuestion(turns, newest.current);
    newest.current = turns.at(-1)?.id;
    // Not while components are being drawn: it draws them again. A new question brings its reader to the end.
    queueMicrotask(() => (isAsked ? window.goToEnd() : window.update()));
  }, [turns, window]);
  return (
    <div class="transcript-frame">
      {shown && <Find panel={panel} state={find} screen={shown} content={shown.content} />}
      <div
        class="transcript"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={strings.conversation}
        tabIndex={0}
      >
        <div class="turns" ref={content}>
          {rows(panel, turns, window)}
        </div>
      </div>
      {shown && <JumpButton follower={shown.follower} window={window} />}
    </div>
  );
}

/** Whether the newest turn was asked just now, after the one that was the newest or in the place of an older one. */
function hasNewQuestion(turns: readonly TurnModel[], newestBefore: string | undefined): boolean {
  const newest = turns.at(-1);
  if (!newest || newest.id === newestBefore) return false;
  return isRunning(newest.facts.state) || turns.at(-2)?.id === newestBefore;
}

/** Brings a turn into sight when the host asks for it, with the focus, so that a screen reader reads it. */
function useShownTurn(
  { store }: Panel,
  window: TranscriptWindow,
  turns: readonly TurnModel[],
): void {
  useEffect(() => {
    const show = (): void => {
      const turnId = store.takeTurnToShow();
      if (turnId === undefined) return;
      window.goTo({ turnId, offset: 0 });
      window.elementOf(turnId)?.focus({ preventScroll: true });
    };
    show();
    const asked = store.onShowTurn(show);
    return () => asked.dispose();
  }, [store, window, turns]);
}

/** The turns that are in the page, and gaps for the others. */
function rows(panel: Panel, turns: readonly TurnModel[], window: TranscriptWindow): JSX.Element[] {
  const made: JSX.Element[] = [];
  let end = 0;
  for (const { from, to } of window.runs) {
    made.push(
      <Gap
        key={`before ${made.length === 0 ? '' : String(from)}`}
        height={window.height(end, from)}
      />,
    );
    for (const [at, turn] of turns.slice(from, to).entries()) {
      const index = from + at;
      made.push(
        <Turn
          key={turn.id}
          panel={panel}
          turn={turn}
          isNewest={index === turns.length - 1}
          index={index}
          count={turns.length}
        />,
      );
    }
    end = to;
  }
  made.push(<Gap key="end" height={window.height(end, turns.length)} />);
  return made;
}

function Gap({ height }: { readonly height: number }): JSX.Element {
  return <div class="gap" aria-hidden="true" style={{ height: `${String(height)}px` }} />;
}

function JumpButton(props: {
  readonly follower: ScrollFollower;
  readonly window: TranscriptWindow;
}): JSX.Element | null {
  const { follower, window } = props;
  useEvents(follower.onAway);
  if (!follower.isAway) return null;
  return (
    <button type="button" class="jump" onClick={() => window.goToEnd()}>
      <Icon name="arrow-down" />
      {strings.jumpToLatest}
    </button>
  );
}

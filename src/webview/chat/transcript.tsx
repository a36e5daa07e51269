import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { handleBodyClicks } from './bodyClicks';
import type { Panel } from './panel';
import { ScrollFollower } from './scrollFollower';
import { Turn } from './turn';
import type { TurnModel } from './turnModel';

interface TranscriptProps {
  readonly panel: Panel;
  readonly turns: readonly TurnModel[];
}

/** Delay between the last scrolling and remembering the place, ms. */
const REMEMBER_MS = 300;

export function Transcript({ panel, turns }: TranscriptProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follower = useFollower(panel, scroller, content);
  const newest = turns.at(-1)?.id;
  const count = useRef(turns.length);
  // A new question brings its reader to the end.
  useEffect(() => {
    if (turns.length > count.current) follower.current?.follow();
    count.current = turns.length;
  }, [turns]);
  useEffect(() => {
    const element = content.current;
    if (!element) return undefined;
    const clicks = handleBodyClicks(element, panel);
    return () => clicks.dispose();
  }, [panel]);
  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={strings.conversation}
        tabIndex={0}
      >
        <div class="turns" ref={content}>
          {turns.map((turn) => (
            <Turn key={turn.id} panel={panel} turn={turn} isNewest={turn.id === newest} />
          ))}
        </div>
      </div>
      <JumpButton follower={follower} />
    </div>
  );
}

type Ref<T> = { readonly current: T | null };

function useFollower(
  panel: Panel,
  scroller: Ref<HTMLDivElement>,
  content: Ref<HTMLDivElement>,
): { current: ScrollFollower | null } {
  const follower = useRef<ScrollFollower | null>(null);
  useLayoutEffect(() => {
    const outer = scroller.current;
    const inner = content.current;
    if (!outer || !inner) return undefined;
    const made = new ScrollFollower(outer, inner);
    follower.current = made;
    returnToPlace(panel, made, outer);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const remember = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        panel.saved.setPlace(made.isFollowing ? undefined : placeOf(outer));
      }, REMEMBER_MS);
    };
    outer.addEventListener('scroll', remember, { passive: true });
    return () => {
      clearTimeout(timer);
      outer.removeEventListener('scroll', remember);
      made.dispose();
      follower.current = null;
    };
  }, [panel]);
  return follower;
}

function JumpButton({ follower }: { readonly follower: Ref<ScrollFollower> }): JSX.Element | null {
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const made = follower.current;
    if (!made) return undefined;
    setAway(!made.isFollowing);
    const changes = made.onChange(() => setAway(!made.isFollowing));
    return () => changes.dispose();
  }, [follower]);
  if (!isAway) return null;
  return (
    <button type="button" class="jump" onClick={() => follower.current?.follow()}>
      <Icon name="arrow-down" />
      {strings.jumpToLatest}
    </button>
  );
}

/** Puts the reader where they were when the webview went out of sight. */
function returnToPlace(panel: Panel, follower: ScrollFollower, scroller: HTMLElement): void {
  const { place } = panel.saved;
  const turn = place && scroller.querySelector(`[data-turn="${CSS.escape(place.turnId)}"]`);
  if (!place || !turn) return;
  follower.release();
  const top = turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += top + place.offset;
}

function placeOf(scroller: HTMLElement): { turnId: string; offset: number } | undefined {
  const { top } = scroller.getBoundingClientRect();
  for (const turn of scroller.querySelectorAll<HTMLElement>('[data-turn]')) {
    const box = turn.getBoundingClientRect();
    const turnId = turn.dataset['turn'];
    if (box.bottom > top && turnId !== undefined) return { turnId, offset: top - box.top };
  }
  return undefined;
}

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import { handleBodyClicks } from './bodyClicks';
import type { Panel } from './panel';
import { PlaceReturn, placeOf } from './placeReturn';
import { ScrollFollower } from './scrollFollower';
import { Turn } from './turn';
import type { TurnModel } from './turnModel';

interface TranscriptProps {
  readonly panel: Panel;
  readonly turns: readonly TurnModel[];
}

/** While the reader scrolls the place is remembered this often, ms. */
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
    const returning = new PlaceReturn(panel.saved.place, made, outer, inner);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let moved = false;
    const remember = (): void => {
      // On the way back it is no place where the reader is.
      if (returning.isOn) return;
      if (timer !== undefined) {
        moved = true;
        return;
      }
      moved = false;
      panel.saved.setPlace(made.isFollowing ? undefined : placeOf(outer));
      timer = setTimeout(() => {
        timer = undefined;
        if (moved) remember();
      }, REMEMBER_MS);
    };
    outer.addEventListener('scroll', remember, { passive: true });
    return () => {
      clearTimeout(timer);
      outer.removeEventListener('scroll', remember);
      returning.dispose();
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

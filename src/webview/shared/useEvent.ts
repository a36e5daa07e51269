import { useLayoutEffect, useState } from 'preact/hooks';
import type { Event } from '../../base/event';

/** Draws the component again whenever one of the events fires. The list's length never changes. */
export function useEvents(...events: readonly Event<unknown>[]): void {
  const [, setCount] = useState(0);
  // Not after the paint: what happens between the drawing and the paint would be missed, and never be drawn.
  useLayoutEffect(() => {
    const subscriptions = events.map((event) => event(() => setCount((count) => count + 1)));
    return () => {
      for (const subscription of subscriptions) subscription.dispose();
    };
  }, events);
}

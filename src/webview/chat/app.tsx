import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import { Composer } from './composer';
import { EmptyState, SetupBar } from './emptyState';
import { FaultBoundary } from './faultBoundary';
import type { Panel } from './panel';
import { Transcript } from './transcript';

/** The whole panel: the transcript, or what to do first, and the composer below. */
export function App({ panel }: { readonly panel: Panel }): JSX.Element {
  return (
    <FaultBoundary panel={panel}>
      <Content panel={panel} />
      <Announcer panel={panel} />
    </FaultBoundary>
  );
}

function Content({ panel }: { readonly panel: Panel }): JSX.Element {
  const { store } = panel;
  useEvents(store.onSession, store.onTurns);
  const { session, turns } = store;
  if (!session) return <main class="transcript" />;
  return (
    <>
      <main class="main">
        <h1 class="visually-hidden">{session.title || strings.newChat}</h1>
        {turns.length === 0 ? (
          <EmptyState panel={panel} session={session} />
        ) : (
          <Transcript key={session.conversationId} panel={panel} turns={turns} />
        )}
      </main>
      {turns.length > 0 && session.endpoint.kind === 'none' && (
        <SetupBar panel={panel} session={session} />
      )}
      <Composer panel={panel} session={session} />
    </>
  );
}

/** Says what has ended or failed; never the tokens of a reply. */
function Announcer({ panel }: { readonly panel: Panel }): JSX.Element {
  const [said, setSaid] = useState({ text: '', count: 0 });
  useEffect(() => {
    const heard = panel.store.onAnnounce((text) =>
      setSaid((before) => ({ text, count: before.count + 1 })),
    );
    return () => heard.dispose();
  }, [panel]);
  // The same text twice would not be said twice: every announcement is a new element.
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      <span key={said.count}>{said.text}</span>
    </div>
  );
}

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { FaultBoundary } from '../shared/faultBoundary';
import { strings } from '../shared/strings';
import { useEvents } from '../shared/useEvent';
import { Composer } from './composer';
import { EmptyState, SetupBar } from './emptyState';
import { useFind } from './find/useFind';
import { Header } from './header';
import { History } from './history/history';
import { useHistory } from './history/useHistory';
import type { Panel } from './panel';
import { useEscape } from './useEscape';
import { Transcript } from './transcript';
import { UndoToasts } from './undoToasts';

/** The whole panel: the transcript, or what to do first, and the composer below. */
export function App({ panel }: { readonly panel: Panel }): JSX.Element {
  return (
    <FaultBoundary
      detail={strings.faultDetail}
      again={strings.faultReload}
      onFault={panel.fault}
      onAgain={panel.resync}
    >
      <Content panel={panel} />
      <Announcer panel={panel} />
      <UndoToasts panel={panel} />
    </FaultBoundary>
  );
}

function Content({ panel }: { readonly panel: Panel }): JSX.Element {
  const { store } = panel;
  const history = useHistory(panel);
  const find = useFind(panel, history.isOpen);
  useEscape(panel, find, history.isOpen);
  useEvents(store.onSession, store.onTurns);
  const { session, turns } = store;
  if (!session) return <main class="transcript" />;
  return (
    <div class="stage">
      <div class="chat" inert={history.isOpen}>
        <Header
          panel={panel}
          session={session}
          onHistory={history.open}
          onFind={turns.length > 0 ? () => find.open('') : undefined}
        />
        <main class="main">
          {turns.length === 0 ? (
            <EmptyState panel={panel} session={session} />
          ) : (
            <Transcript key={session.conversationId} panel={panel} turns={turns} find={find} />
          )}
        </main>
        {turns.length > 0 && session.endpoint.kind === 'none' && (
          <SetupBar panel={panel} session={session} />
        )}
        <Composer panel={panel} session={session} />
      </div>
      {history.isOpen && <History panel={panel} search={history.search} onClose={history.close} />}
    </div>
  );
}

/** Says what has ended, and at once what has failed; never the tokens of a reply. */
function Announcer({ panel }: { readonly panel: Panel }): JSX.Element {
  const [said, setSaid] = useState({ text: '', isUrgent: false, count: 0 });
  useEffect(() => {
    const heard = panel.store.onAnnounce((next) =>
      setSaid((before) => ({ ...next, count: before.count + 1 })),
    );
    return () => heard.dispose();
  }, [panel]);
  // The same text twice would not be said twice: every announcement is a new element.
  const text = <span key={said.count}>{said.text}</span>;
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {!said.isUrgent && text}
      </div>
      <div class="visually-hidden" role="alert">
        {said.isUrgent && text}
      </div>
    </>
  );
}

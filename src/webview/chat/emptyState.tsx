import type { JSX } from 'preact';
import type { SessionView } from '../../protocol/chat';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';

interface EmptyStateProps {
  readonly panel: Panel;
  readonly session: SessionView;
}

/** What to do first: set up, or ask. */
export function EmptyState({ panel, session }: EmptyStateProps): JSX.Element {
  return (
    <div class="empty">
      {session.endpoint.kind === 'none' ? (
        <Setup panel={panel} session={session} />
      ) : (
        <Ready panel={panel} session={session} />
      )}
    </div>
  );
}

function Setup({ panel, session }: EmptyStateProps): JSX.Element {
  return (
    <>
      <Icon name="pulse" />
      <h2>{strings.welcomeTitle}</h2>
      <p>{strings.welcomeSetup}</p>
      <ul class="choices" aria-label={strings.setupHeading}>
        {session.setup.map(({ action, label, detail }, index) => (
          <li key={action}>
            <button
              type="button"
              class={`choice ${index === 0 ? 'first' : ''}`}
              onClick={() => panel.post({ type: 'action', action })}
            >
              <span class="choice-label">{label}</span>
              <span class="choice-detail">{detail}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Ready({ panel, session }: EmptyStateProps): JSX.Element {
  const examples = session.endpoint.kind === 'demo' ? strings.demoExamples : strings.examples;
  return (
    <>
      <Icon name="pulse" />
      <h2>{strings.readyTitle}</h2>
      <p>{strings.readyHint}</p>
      <ul class="choices" aria-label={strings.examplesLabel}>
        {examples.map((text) => (
          <li key={text}>
            <button
              type="button"
              class="choice example"
              onClick={() => panel.post({ type: 'send', text })}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Ways to get started beside a conversation that is there already. */
export function SetupBar({ panel, session }: EmptyStateProps): JSX.Element {
  return (
    <ul class="setup-bar" aria-label={strings.setupHeading}>
      {session.setup.map(({ action, label, detail }, index) => (
        <li key={action}>
          <button
            type="button"
            class={`button ${index === 0 ? '' : 'secondary'}`}
            title={detail}
            onClick={() => panel.post({ type: 'action', action })}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

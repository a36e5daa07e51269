import type { JSX } from 'preact';
import type { TurnErrorView } from '../../protocol/chat';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';

interface TurnErrorProps {
  readonly panel: Panel;
  readonly turnId: string;
  readonly error: TurnErrorView;
}

/** What went wrong, where the answer would be, and what to do about it. */
export function TurnError({ panel, turnId, error }: TurnErrorProps): JSX.Element {
  const { requestId } = error;
  return (
    <div class="error-box">
      <Icon name="error" />
      <div class="error-body">
        <p class="error-title">{error.title}</p>
        {error.detail !== '' && <p class="error-detail">{error.detail}</p>}
        {requestId !== undefined && (
          <p class="request-id">
            <span>{strings.requestId(requestId)}</span>
            <CopyButton
              label={strings.copyRequestId}
              text={() => requestId}
              announce={(text) => panel.store.announce(text)}
            />
          </p>
        )}
        {(error.retry || error.wait !== undefined || error.actions.length > 0) && (
          <div class="actions">
            {error.retry && (
              <button
                type="button"
                class="button"
                onClick={() => panel.post({ type: 'retry', turnId })}
              >
                {strings.retry}
              </button>
            )}
            {error.wait !== undefined && (
              <button
                type="button"
                class="button secondary"
                onClick={() => panel.post({ type: 'retryLater', turnId })}
              >
                {error.wait}
              </button>
            )}
            {error.actions.map(({ action, label }) => (
              <button
                key={action}
                type="button"
                class="button secondary"
                onClick={() => panel.post({ type: 'action', action })}
              >
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

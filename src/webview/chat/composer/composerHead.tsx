import type { JSX } from 'preact';
import type { SessionView } from '../../../protocol/chat';
import { formatCount } from '../../shared/format';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';

const ENDPOINT_ICONS = {
  none: 'debug-disconnect',
  api: 'cloud',
  demo: 'beaker',
  local: 'vm',
  custom: 'server',
} as const;

interface ComposerHeadProps {
  readonly session: SessionView;
  /** Whether there is something to send, so that its price is of interest. */
  readonly isWriting: boolean;
}

/** The quiet line above the text: where questions go, whether they are kept, what sending takes. */
export function ComposerHead({ session, isWriting }: ComposerHeadProps): JSX.Element {
  const { endpoint, isKept, gauge } = session;
  return (
    <div class="composer-head">
      {endpoint.kind !== 'none' && (
        <p class={`endpoint ${endpoint.kind}`} title={strings.endpoint(endpoint.label)}>
          <Icon name={ENDPOINT_ICONS[endpoint.kind]} />
          <span>{endpoint.label}</span>
        </p>
      )}
      {!isKept && (
        <p class="not-kept" title={strings.notKeptHint}>
          <Icon name="eye-closed" />
          <span>{strings.notKept}</span>
        </p>
      )}
      {gauge && isWriting && (
        <p class="estimate" title={strings.estimateHint}>
          {strings.estimate(formatCount(gauge.used), gauge.cost)}
        </p>
      )}
    </div>
  );
}

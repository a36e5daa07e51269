import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { TurnStatsView } from '../../../protocol/turn';
import { CopyButton } from '../../shared/copyButton';
import { formatDuration } from '../../shared/format';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';

interface TurnDetailsProps {
  readonly id: string;
  readonly panel: Panel;
  readonly stats: TurnStatsView;
}

/** Where the time of an answer went, and what support would ask for. */
export function TurnDetails({ id, panel, stats }: TurnDetailsProps): JSX.Element {
  const { requestId } = stats;
  return (
    <div class="turn-details" id={id}>
      {stats.phases.length > 0 && <Waterfall stats={stats} />}
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
    </div>
  );
}

/** One bar a phase on a common axis, all of it as text, too. */
function Waterfall({ stats }: { readonly stats: TurnStatsView }): JSX.Element {
  const { phases } = stats;
  const headId = useId();
  const axisMs = Math.max(stats.totalMs, ...phases.map((p) => p.startMs + p.durationMs), 1);
  return (
    <>
      <p class="waterfall-head" id={headId}>
        {strings.waterfall}
      </p>
      <ol class="waterfall" aria-labelledby={headId}>
        {phases.map(({ label, startMs, durationMs }, index) => (
          // Phases repeat (a retry has another "Connecting"), and never change their order.
          <li key={index} title={strings.phaseHint(label, formatDuration(startMs))}>
            <span class="waterfall-label">{label}</span>
            <span class="waterfall-track" aria-hidden="true">
              <span
                class="waterfall-bar"
                style={{ left: percent(startMs / axisMs), width: percent(durationMs / axisMs) }}
              />
            </span>
            <span class="waterfall-time">{formatDuration(durationMs)}</span>
            <span class="visually-hidden">{strings.phaseStart(formatDuration(startMs))}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`;
}

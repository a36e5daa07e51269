import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ContextGauge } from '../../../protocol/context';
import { formatCount, formatExact } from '../../shared/format';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';

/** Share of the window from which on the gauge warns by its colour. */
const NEARLY_FULL = 0.85;
const PARTS_ID = 'gauge-parts';

interface GaugeProps {
  readonly panel: Panel;
  readonly gauge: ContextGauge;
  /** Whether there is something that a summary could make shorter. */
  readonly canCompact: boolean;
}

/** How much of the model's window is filled, and on demand with what. */
export function Gauge({ panel, gauge, canCompact }: GaugeProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const level = levelOf(gauge);
  const summary = strings.gauge(formatExact(gauge.used), formatExact(gauge.window));
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const onElsewhere = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onElsewhere);
    document.addEventListener('focusin', onElsewhere);
    return () => {
      document.removeEventListener('pointerdown', onElsewhere);
      document.removeEventListener('focusin', onElsewhere);
    };
  }, [isOpen]);
  return (
    <span
      ref={root}
      class={`gauge ${level}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={opener}
        type="button"
        class="gauge-button"
        title={summary}
        aria-expanded={isOpen}
        aria-controls={isOpen ? PARTS_ID : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <Ring share={gauge.used / gauge.window} />
        <span class="gauge-figures">
          {formatCount(gauge.used)} / {formatCount(gauge.window)}
        </span>
        <span class="visually-hidden">{strings.gaugeUnit}</span>
      </button>
      {isOpen && (
        <div id={PARTS_ID} class="gauge-popover" role="dialog" aria-label={strings.gaugeHead}>
          <Parts gauge={gauge} summary={summary} />
          {canCompact && (
            <button
              type="button"
              class="button secondary"
              title={strings.compactHint}
              onClick={() => {
                panel.post({ type: 'send', text: '/compact' });
                close();
              }}
            >
              {strings.compact}
            </button>
          )}
        </div>
      )}
    </span>
  );
}

function Parts({
  gauge,
  summary,
}: {
  readonly gauge: ContextGauge;
  readonly summary: string;
}): JSX.Element {
  return (
    <>
      <h2>{strings.gaugeHead}</h2>
      <p>{summary}</p>
      <Bar share={gauge.used / gauge.window} />
      {gauge.warning !== undefined && (
        <p class="gauge-warning">
          <Icon name="warning" />
          <span>{gauge.warning}</span>
        </p>
      )}
      <ul class="gauge-parts">
        {gauge.parts.map(({ label, tokens }, index) => (
          <li key={`${String(index)} ${label}`}>
            <span class="gauge-part" title={label}>
              {label}
            </span>
            <span class="gauge-tokens">{formatCount(tokens)}</span>
            <Bar share={gauge.used > 0 ? tokens / gauge.used : 0} />
          </li>
        ))}
      </ul>
      {gauge.cost !== '' && <p class="gauge-cost">{strings.gaugeCost(gauge.cost)}</p>}
    </>
  );
}

function levelOf({ used, window, warning }: ContextGauge): 'calm' | 'high' {
  return warning !== undefined || used / window >= NEARLY_FULL ? 'high' : 'calm';
}

function percent(share: number): number {
  return Number.isFinite(share) ? Math.min(100, Math.max(0, share * 100)) : 0;
}

function Bar({ share }: { readonly share: number }): JSX.Element {
  return (
    <span class="gauge-bar" aria-hidden="true">
      <span style={{ width: `${String(percent(share))}%` }} />
    </span>
  );
}

function Ring({ share }: { readonly share: number }): JSX.Element {
  return (
    <svg class="gauge-ring" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6" />
      <circle
        class="gauge-value"
        cx="8"
        cy="8"
        r="6"
        pathLength={100}
        stroke-dasharray={`${String(percent(share))} 100`}
      />
    </svg>
  );
}

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { DASHBOARD_RANGES } from '../../protocol/dashboard';
import { IconButton } from '../shared/iconButton';
import type { Choice } from './dashboardLink';
import type { Stretch } from './data/dataset';
import { Picker } from './picker';
import { texts } from './texts/texts';
import { timeOfDay, timeToMinute } from './texts/times';

interface HeadProps {
  readonly choice: Choice;
  readonly choose: (patch: Partial<Choice>) => void;
  readonly models: readonly string[];
  readonly endpoints: readonly string[];
  readonly refreshedAt: number | undefined;
  readonly refresh: () => void;
  readonly zoomed: Stretch | undefined;
  readonly resetZoom: () => void;
}

/** What is looked at, and how fresh it is. */
export function Head(props: HeadProps): JSX.Element {
  const { choice, choose, models, endpoints, refreshedAt, zoomed, resetZoom } = props;
  const compareId = useId();
  return (
    <header class="head">
      <div class="head-line">
        <h1>{texts.title}</h1>
        <p class="freshness">
          {refreshedAt !== undefined && <span>{texts.refreshed(timeOfDay(refreshedAt))}</span>}
          <IconButton icon="refresh" label={texts.refresh} onClick={props.refresh} />
        </p>
      </div>
      <div class="controls">
        <RangePicker choice={choice} choose={choose} />
        <Picker
          label={texts.modelLabel}
          all={texts.allModels}
          names={models}
          chosen={choice.model}
          choose={(model) => choose({ model })}
        />
        <Picker
          label={texts.endpointLabel}
          all={texts.allEndpoints}
          names={endpoints}
          chosen={choice.endpoint}
          choose={(endpoint) => choose({ endpoint })}
        />
        {choice.range !== 'all' && (
          <label class="check" for={compareId}>
            <input
              id={compareId}
              type="checkbox"
              checked={choice.isCompared}
              onChange={({ currentTarget }) => choose({ isCompared: currentTarget.checked })}
            />
            {texts.compare}
          </label>
        )}
        {zoomed && (
          <p class="zoomed">
            <span>{texts.zoomed(timeToMinute(zoomed.from), timeToMinute(zoomed.to))}</span>
            <button type="button" class="button secondary" onClick={resetZoom}>
              {texts.resetZoom}
            </button>
          </p>
        )}
      </div>
    </header>
  );
}

/** Radio buttons: arrow keys choose. */
function RangePicker({ choice, choose }: Pick<HeadProps, 'choice' | 'choose'>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="ranges">
      <legend class="visually-hidden">{texts.rangeLabel}</legend>
      {DASHBOARD_RANGES.map((range) => (
        <label key={range} class={range === choice.range ? 'range chosen' : 'range'}>
          <input
            type="radio"
            class="visually-hidden"
            name={name}
            value={range}
            checked={range === choice.range}
            onChange={() => choose({ range })}
          />
          {texts.ranges[range]}
        </label>
      ))}
    </fieldset>
  );
}

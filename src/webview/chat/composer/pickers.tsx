import type { JSX } from 'preact';
import type { SessionView } from '../../../protocol/chat';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import { Picker } from '../picker';

interface PickersProps {
  readonly panel: Panel;
  readonly session: SessionView;
}

/** Which model answers, and how hard it thinks. */
export function Pickers({ panel, session }: PickersProps): JSX.Element {
  return (
    <div class="pickers">
      {session.models.length > 0 && (
        <Picker
          label={strings.model}
          options={session.models}
          value={session.model}
          onPick={(model) => panel.post({ type: 'selectModel', model })}
        />
      )}
      {session.efforts.length > 0 && (
        <Picker
          label={strings.effort}
          options={session.efforts}
          value={session.effort}
          onPick={(effort) => panel.post({ type: 'selectEffort', effort })}
        />
      )}
    </div>
  );
}

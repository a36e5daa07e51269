import type { JSX } from 'preact';
import { IconButton } from '../../shared/iconButton';
import { MenuButton } from '../../shared/menuButton';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import { useBusy } from './useBusy';

interface RegenerateProps {
  readonly panel: Panel;
  readonly turnId: string;
}

/** The same question again, by the same model or by another: the answer that is there stays as a version. */
export function Regenerate({ panel, turnId }: RegenerateProps): JSX.Element {
  const isBusy = useBusy(panel);
  const hint = isBusy ? `: ${strings.notWhileBusy}` : '';
  const models = panel.store.session?.models ?? [];
  return (
    <span class="split-button">
      <IconButton
        icon="refresh"
        label={strings.regenerate + hint}
        isDisabled={isBusy}
        onClick={() => panel.post({ type: 'regenerate', turnId })}
      />
      {models.length > 0 && (
        <MenuButton
          icon="chevron-down"
          label={strings.regenerateWith + hint}
          className="split-more"
          isDisabled={isBusy}
          items={models.map(({ id, label, description }) => ({
            id,
            label,
            hint: description,
            run: () => panel.post({ type: 'regenerate', turnId, model: id }),
          }))}
        />
      )}
    </span>
  );
}

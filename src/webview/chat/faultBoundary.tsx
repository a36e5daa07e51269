import { Component } from 'preact';
import type { ComponentChildren } from 'preact';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';

interface Props {
  readonly panel: Panel;
  readonly children: ComponentChildren;
}

/** Instead of a blank panel: says that drawing failed and starts over on a click. */
export class FaultBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    this.props.panel.fault(error);
    this.setState({ failed: true });
  }

  override render(): ComponentChildren {
    if (!this.state.failed) return this.props.children;
    const again = (): void => {
      this.props.panel.resync();
      this.setState({ failed: false });
    };
    return (
      <main class="main fault">
        <div class="error-box" role="alert">
          <Icon name="error" />
          <div class="error-body">
            <p class="error-title">{strings.faultTitle}</p>
            <p class="error-detail">{strings.faultDetail}</p>
            <div class="actions">
              <button type="button" class="button" onClick={again}>
                {strings.faultReload}
              </button>
            </div>
          </div>
        </div>
      </main>
    );
  }
}

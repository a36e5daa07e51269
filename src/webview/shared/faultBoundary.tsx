import { Component } from 'preact';
import type { ComponentChildren } from 'preact';
import { ErrorBox } from './errorBox';
import { strings } from './strings';

interface Props {
  readonly detail: string;
  /** Of the button that starts over. */
  readonly again: string;
  readonly onFault: (error: unknown) => void;
  readonly onAgain: () => void;
  readonly children: ComponentChildren;
}

/** Instead of a blank page: says that drawing failed and starts over on a click. */
export class FaultBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    this.props.onFault(error);
    this.setState({ failed: true });
  }

  override render(): ComponentChildren {
    const { detail, again, onAgain, children } = this.props;
    if (!this.state.failed) return children;
    const startOver = (): void => {
      onAgain();
      this.setState({ failed: false });
    };
    return (
      <main class="main fault">
        <ErrorBox title={strings.faultTitle} detail={detail} again={again} onAgain={startOver} />
      </main>
    );
  }
}

import { render } from 'preact';
import { systemClock } from '../../base/clock';
import { reportFaults } from '../shared/reportFaults';
import '../shared/vscodeApi';
import { App } from './app';
import { DashboardLink } from './dashboardLink';

/** Puts the page together. */
function start(root: HTMLElement): void {
  const link = new DashboardLink(acquireVsCodeApi(), systemClock);
  addEventListener('message', (event: MessageEvent<unknown>) => link.receive(event.data));
  reportFaults(link.fault);
  render(<App link={link} />, root);
  link.refresh();
}

const root = document.getElementById('root');
if (root) start(root);

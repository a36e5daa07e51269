import { render } from 'preact';
import { systemClock } from '../../base/clock';
import { browserFrames } from '../shared/frames';
import { SliceRunner } from '../shared/sliceRunner';
import '../shared/vscodeApi';
import type { ChatToHost } from '../../protocol/chat';
import { App } from './app';
import { ChatStore } from './chatStore';
import { HighlightQueue } from './highlight/highlightQueue';
import { createTokenizerLoader } from './highlight/tokenizerLoader';
import { HostLink } from './hostLink';
import { CodeBlock } from './markdown/codeBlock';
import { MarkdownParser } from './markdown/parser';
import type { BodyDeps } from './markdownBody';
import type { Panel } from './panel';
import { SavedState } from './savedState';

/** Puts the panel together. */
function start(root: HTMLElement): void {
  const api = acquireVsCodeApi();
  const post = (message: ChatToHost): void => api.postMessage(message);
  const fault = (error: unknown): void => link.fault(error);
  const slices = new SliceRunner(browserFrames);
  const highlights = new HighlightQueue(slices, createTokenizerLoader(), fault);
  const bodies: BodyDeps = {
    parser: new MarkdownParser(),
    makeCode: (info) => new CodeBlock(info, highlights),
    slices,
    onFault: fault,
  };
  const store = new ChatStore(bodies, () => browserFrames.now());
  const link = new HostLink(post, browserFrames, store, systemClock);
  const panel: Panel = {
    store,
    saved: new SavedState(api),
    bodies,
    post,
    fault,
    resync: () => link.resync(),
  };
  addEventListener('message', (event: MessageEvent<unknown>) => link.receive(event.data));
  addEventListener('error', (event) => fault(event.error ?? event.message));
  addEventListener('unhandledrejection', (event) => fault(event.reason));
  render(<App panel={panel} />, root);
  link.start();
}

const root = document.getElementById('root');
if (root) start(root);

import { render } from 'preact';
import { systemClock } from '../../base/clock';
import { Diagrams } from '../diagram/diagrams';
import { BrowserFrames } from '../shared/frames';
import { reportFaults } from '../shared/reportFaults';
import { SliceRunner } from '../shared/sliceRunner';
import '../shared/vscodeApi';
import type { ChatToHost } from '../../protocol/chatToHost';
import { App } from './app';
import { ChatStore } from './chatStore';
import { HighlightQueue } from './highlight/highlightQueue';
import { createTokenizerLoader } from './highlight/tokenizerLoader';
import { HostLink } from './hostLink';
import { CodeBlock } from './markdown/codeBlock';
import type { CodeDeps } from './markdown/codeBlock';
import { CodeMemory } from './markdown/codeMemory';
import { Formulas } from './markdown/formula';
import { MarkdownParser } from './markdown/parser';
import type { BodyDeps } from './markdownBody';
import type { Panel } from './panel';
import { SavedState } from './savedState';

/** Puts the panel together. */
function start(root: HTMLElement): void {
  const api = acquireVsCodeApi();
  const post = (message: ChatToHost): void => api.postMessage(message);
  const fault = (error: unknown): void => link.fault(error);
  const frames = new BrowserFrames();
  const slices = new SliceRunner(frames);
  const code: CodeDeps = {
    queue: new HighlightQueue(slices, createTokenizerLoader(), fault),
    diagrams: new Diagrams(
      () => import('../diagram/frame').then((module) => module.makeFrame),
      systemClock,
      fault,
    ),
    memory: new CodeMemory(),
  };
  const formulas = new Formulas(
    slices,
    () => import('./markdown/typesetter').then((module) => module.loadTypesetter()),
    fault,
  );
  const bodies: BodyDeps = {
    parser: new MarkdownParser(),
    makeCode: (info) => new CodeBlock(info, code),
    makeFormula: formulas.make,
    slices,
    onFault: fault,
  };
  const store = new ChatStore(bodies, () => frames.now());
  const link = new HostLink(post, frames, store, systemClock);
  const saved = new SavedState(api);
  store.onSession(() => {
    if (store.session) saved.setConversation(store.session.conversationId, store.session.isKept);
  });
  const panel: Panel = {
    store,
    saved,
    bodies,
    post,
    fault,
    resync: () => link.resync(),
  };
  addEventListener('message', (event: MessageEvent<unknown>) => {
    // What has no origin is a diagram's frame, and no host.
    if (event.origin !== 'null') link.receive(event.data);
  });
  reportFaults(fault);
  const tellFocus = (): void => post({ type: 'focus', hasFocus: document.hasFocus() });
  addEventListener('focus', tellFocus);
  addEventListener('blur', tellFocus);
  render(<App panel={panel} />, root);
  link.start();
  if (document.hasFocus()) tellFocus();
}

const root = document.getElementById('root');
if (root) start(root);

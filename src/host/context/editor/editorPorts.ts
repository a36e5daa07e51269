import { lookup } from 'node:dns/promises';
import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { ContextPorts, WebPort } from '../contextPorts';
import { EditorFiles } from './editorFiles';
import { EditorGit } from './editorGit';
import { EditorTerminals } from './editorTerminals';
import { EditorViews } from './editorViews';

/** What context is made of, over VS Code. Making it only starts to listen to editors and terminals. */
export class EditorPorts extends Disposable implements ContextPorts {
  readonly files = new EditorFiles();
  readonly git = new EditorGit();
  readonly editors: EditorViews;
  readonly terminals: EditorTerminals;
  readonly web: WebPort;

  constructor(clock: Clock, onFault: (error: unknown) => void) {
    super();
    this.editors = this._register(new EditorViews(onFault));
    this.terminals = this._register(new EditorTerminals(onFault));
    this.web = {
      fetch: async (url, signal) => {
        const [{ WebFetcher }, { requestPage }] = await Promise.all([
          import('../webFetcher'),
          import('../pageRequest'),
        ]);
        return new WebFetcher({ resolve: addressesOf, get: requestPage, clock }).fetch(url, signal);
      },
    };
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

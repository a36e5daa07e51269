import { render } from 'preact';
import type { JSX } from 'preact';
import { act } from 'preact/test-utils';
import { vi } from 'vitest';
import type { ChatToHost } from '../../../../src/protocol/chatToHost';
import { ChatStore } from '../../../../src/webview/chat/chatStore';
import type { Panel } from '../../../../src/webview/chat/panel';
import { SavedState } from '../../../../src/webview/chat/savedState';
import { FakeFrames } from './fakeFrames';
import { bodyDeps } from './markdownPage';

/** The panel on a page, with a host that only listens. */
export class PanelPage {
  readonly root = document.body.appendChild(document.createElement('div'));
  readonly frames = new FakeFrames();
  readonly posted: ChatToHost[] = [];
  readonly faults: unknown[] = [];
  resyncs = 0;
  state: unknown;
  readonly #sizesTold = new Set<() => void>();
  readonly panel: Panel;

  constructor(state?: unknown) {
    this.state = state;
    this.#stubLayout();
    vi.stubGlobal('CSS', { supports: () => true, escape: (text: string) => text });
    const bodies = bodyDeps(this.frames, this.faults);
    this.panel = {
      store: new ChatStore(bodies, () => this.frames.now()),
      saved: new SavedState({
        postMessage: () => undefined,
        getState: () => this.state,
        setState: (next) => (this.state = next),
      }),
      bodies,
      post: (message) => this.posted.push(message),
      fault: (error) => this.faults.push(error),
      resync: () => this.resyncs++,
    };
  }

  show(content: JSX.Element): void {
    void act(() => render(content, this.root));
    this.#tellSizes();
  }

  /** Does something that draws. */
  do(action: () => void): void {
    void act(action);
    this.#tellSizes();
    void act(() => this.frames.settle());
  }

  find(selector: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`expected ${selector} in ${this.root.innerHTML}`);
    return found;
  }

  get input(): HTMLTextAreaElement {
    const found = this.find('textarea');
    if (found instanceof HTMLTextAreaElement) return found;
    throw new Error('expected a text area');
  }

  picker(name: string): HTMLSelectElement {
    const found = this.find(`select[aria-label="${name}"]`);
    if (found instanceof HTMLSelectElement) return found;
    throw new Error(`expected a list box "${name}"`);
  }

  button(name: string): HTMLButtonElement {
    const all = [...this.root.querySelectorAll('button')];
    const found = all.find((b) => b.textContent.trim() === name || b.ariaLabel === name);
    if (!found) throw new Error(`expected a button "${name}"`);
    return found;
  }

  /** jsdom lays nothing out: here every box is a line at the upper edge of a screen that has a height. */
  #stubLayout(): void {
    const told = this.#sizesTold;
    vi.stubGlobal(
      'ResizeObserver',
      class {
        readonly #tell: () => void;
        constructor(tell: () => void) {
          this.#tell = tell;
        }
        observe(): void {
          told.add(this.#tell);
        }
        disconnect(): void {
          told.delete(this.#tell);
        }
      },
    );
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(
      () => new DOMRect(0, 0, 300, 20),
    );
    Object.defineProperty(Range.prototype, 'getBoundingClientRect', {
      configurable: true,
      value: () => new DOMRect(0, 100, 50, 20),
    });
    Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
      configurable: true,
      get: () => 600,
    });
  }

  /** What a browser does after layout. */
  #tellSizes(): void {
    void act(() => [...this.#sizesTold].forEach((tell) => tell()));
  }

  remove(): void {
    void act(() => render(null, this.root));
    this.root.remove();
    this.panel.store.dispose();
  }
}

import { act } from 'preact/test-utils';
import { vi } from 'vitest';
import type { SessionView } from '../../../../src/protocol/chat';
import type { ChatToHost } from '../../../../src/protocol/chatToHost';
import type { AttachmentView, Completion } from '../../../../src/protocol/context';
import { Composer } from '../../../../src/webview/chat/composer';
import { PanelPage } from './panelPage';
import { sessionView, turnView } from './views';

/** The composer on a page, used with keys and a clipboard. */
export class ComposerPage extends PanelPage {
  #session: SessionView = sessionView();

  constructor(state?: unknown) {
    super(state);
    // jsdom lays nothing out.
    vi.stubGlobal('scrollTo', () => undefined);
    Element.prototype.scrollIntoView = () => undefined;
  }

  showComposer(session: Partial<SessionView> = {}): void {
    this.#session = { ...this.#session, ...session };
    this.show(<Composer panel={this.panel} session={this.#session} />);
  }

  /** Questions of the conversation. */
  asked(...prompts: readonly string[]): void {
    const turns = prompts.map((prompt, index) => turnView({ id: `t${String(index)}`, prompt }));
    this.do(() => {
      this.panel.store.snapshot({ type: 'snapshot', seq: 0, session: this.#session, turns });
    });
  }

  /** What the text area holds then, with the caret at the end or at `caret`. */
  type(text: string, caret = text.length): void {
    this.do(() => {
      this.input.value = text;
      this.input.setSelectionRange(caret, caret);
      this.input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
  }

  press(key: string, more: KeyboardEventInit = {}, on: HTMLElement = this.input): KeyboardEvent {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    this.do(() => void on.dispatchEvent(event));
    return event;
  }

  /** The host's answer to the last question for completions, or to another one. */
  complete(items: readonly Completion[], requestId = this.lastRequest): void {
    this.do(() =>
      this.panel.store.completions({ type: 'completions', requestId, items: [...items] }),
    );
  }

  get lastRequest(): number {
    return this.of('complete').at(-1)?.requestId ?? 0;
  }

  /** Messages of a type. */
  of<T extends ChatToHost['type']>(type: T): Extract<ChatToHost, { type: T }>[] {
    return this.posted.filter(
      (message): message is Extract<ChatToHost, { type: T }> => message.type === type,
    );
  }

  texts(selector: string): string[] {
    return [...this.root.querySelectorAll(selector)].map((each) => each.textContent);
  }

  /** An event that carries data; jsdom has no DataTransfer. */
  async transfer(
    type: 'paste' | 'dragover' | 'drop',
    data: Readonly<Record<string, string>>,
    files: readonly File[] = [],
  ): Promise<Event> {
    const event = new Event(type, { bubbles: true, cancelable: true });
    const transfer = {
      files,
      types: [...Object.keys(data), ...(files.length > 0 ? ['Files'] : [])],
      getData: (format: string) => data[format] ?? '',
      dropEffect: 'none',
    };
    Object.assign(event, { clipboardData: transfer, dataTransfer: transfer });
    await act(async () => {
      this.input.dispatchEvent(event);
      await vi.waitFor(() => undefined);
    });
    return event;
  }
}

export function completion(over: Partial<Completion> = {}): Completion {
  return {
    source: 'selection',
    icon: 'file',
    label: 'Selection',
    detail: '',
    matches: [],
    ...over,
  };
}

export function attachment(over: Partial<AttachmentView> = {}): AttachmentView {
  return {
    id: 'a1',
    kind: 'file',
    label: 'app.ts',
    detail: '',
    tokens: 1_234,
    state: 'ready',
    ...over,
  };
}

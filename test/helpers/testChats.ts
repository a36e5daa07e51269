import { Emitter } from '../../src/base/event';
import type { Attachment } from '../../src/engine/ports';
import { Chats } from '../../src/host/chat/chats';
import type { ChatsDeps } from '../../src/host/chat/chats';
import type {
  CodeActionRequest,
  ContextSources,
  ContextTray,
  ExpandedPrompt,
  SlashCommands,
  TrayContents,
} from '../../src/host/chat/chatParts';
import { Log } from '../../src/host/logging/log';
import { Redactor } from '../../src/host/logging/redactor';
import { english } from '../../src/host/translate';
import type { AttachmentView, Completion, SlashCommandView } from '../../src/protocol/context';
import type { TokenStyle } from '../../src/protocol/tokenColors';
import { FakeClock } from './fakeClock';
import { FakeMemento } from './fakeMemento';
import { MemoryStore } from './memoryStore';
import { ScriptedTarget } from './scriptedTarget';

export function attachment(id: string, text = `text of ${id}`): Attachment {
  const content = [{ type: 'text', text }];
  return { id, kind: 'file', label: id, uri: `file:///${id}`, tokens: 10, content };
}

/** A tray whose pieces are read at once, but those whose source begins with "slow:", "bad:" or "secret:". */
export class FakeTray implements ContextTray {
  readonly #changed = new Emitter<void>();
  readonly onChange = this.#changed.event;
  readonly opened: string[] = [];
  views: AttachmentView[] = [];
  kept = new Map<string, Attachment>();
  isDisposed = false;
  #ids = 0;

  get contents(): TrayContents {
    return {
      sources: this.views.filter(({ id }) => !this.kept.has(id)).map(({ label }) => label),
      attachments: [...this.kept.values()],
    };
  }

  add(source: string): void {
    const state = source.startsWith('slow:')
      ? 'loading'
      : source.startsWith('bad:')
        ? 'failed'
        : source.startsWith('secret:')
          ? 'ask'
          : 'ready';
    this.#push(source, state);
  }

  /** What was slow is read now. */
  finish(): void {
    this.views = this.views.map((view) =>
      view.state === 'loading' ? { ...view, state: 'ready' } : view,
    );
    this.#changed.fire();
  }

  addData(name: string): void {
    this.#push(name, 'ready');
  }

  addText(text: string): void {
    this.#push(`text ${text}`, 'ready');
  }

  addUris(uris: readonly string[]): void {
    for (const uri of uris) this.add(uri);
  }

  remove(id: string): void {
    this.views = this.views.filter((view) => view.id !== id);
    this.kept.delete(id);
    this.#changed.fire();
  }

  allow(id: string): void {
    this.views = this.views.map((view) => (view.id === id ? { ...view, state: 'ready' } : view));
    this.#changed.fire();
  }

  open(id: string): void {
    this.opened.push(id);
  }

  take(signal: AbortSignal): Promise<readonly Attachment[]> {
    if (signal.aborted) return Promise.reject(new Error('stopped'));
    const ready = this.views.filter(({ state }) => state === 'ready');
    const taken = ready.map(({ id, label }) => this.kept.get(id) ?? attachment(label));
    this.views = [];
    this.kept.clear();
    this.#changed.fire();
    return Promise.resolve(taken);
  }

  put(attachments: readonly Attachment[]): void {
    for (const one of attachments) {
      this.kept.set(this.#push(one.label, 'ready'), one);
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.#changed.dispose();
  }

  #push(label: string, state: AttachmentView['state']): string {
    const id = `chip${++this.#ids}`;
    const problem = state === 'failed' ? { problem: `${label} is not there` } : {};
    this.views = [
      ...this.views,
      { id, kind: 'file', label, detail: label, tokens: 10, state, ...problem },
    ];
    this.#changed.fire();
    return id;
  }
}

class FakeSources implements ContextSources {
  readonly trays: FakeTray[] = [];
  readonly opened: Attachment[] = [];
  /** Questions for completions that a test answers by hand. */
  readonly queries: {
    readonly query: string;
    readonly signal: AbortSignal;
    readonly answer: (items: Completion[]) => void;
  }[] = [];

  newTray(): FakeTray {
    const tray = new FakeTray();
    this.trays.push(tray);
    return tray;
  }

  complete(query: string, signal: AbortSignal): Promise<Completion[]> {
    return new Promise((answer) => {
      this.queries.push({ query, signal, answer });
      signal.addEventListener('abort', () => answer([]));
    });
  }

  open(one: Attachment): void {
    this.opened.push(one);
  }
}

class FakeSlash implements SlashCommands {
  readonly onChange = new Emitter<void>().event;
  readonly views: SlashCommandView[] = [];
  readonly expansions = new Map<string, ExpandedPrompt>();

  expand(text: string): Promise<ExpandedPrompt | undefined> {
    return Promise.resolve(this.expansions.get(text));
  }
}

/** All chats of a window over fakes. Several of them on one store and one memento are windows after or beside each other. */
export class TestChats {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly memento: FakeMemento;
  readonly target: ScriptedTarget;
  /** Models by name, as far as one was named. */
  readonly targets = new Map<string, ScriptedTarget>();
  readonly sources = new FakeSources();
  readonly slash = new FakeSlash();
  readonly environmentChanged = new Emitter<void>();
  readonly themeChanged = new Emitter<void>();
  styles: readonly TokenStyle[] = [];
  readStyles = (): Promise<readonly TokenStyle[]> => Promise.resolve(this.styles);
  readonly told: string[] = [];
  readonly requested: string[] = [];
  readonly codeActions: CodeActionRequest[] = [];
  readonly faults: unknown[] = [];
  readonly reactions: string[] = [];
  readonly logged: string[] = [];
  readonly titles: { readonly answer: (title: string | undefined) => void }[] = [];
  readonly summaries: {
    readonly answer: (summary: string) => void;
    readonly fail: (why: string) => void;
  }[] = [];
  readonly settings = {
    keepsHistory: true,
    makesTitles: false,
    compaction: { auto: false, at: 0.8 },
    warnTokens: 0,
    workspace: 'file:///projects/one',
  };
  readonly chats: Chats;
  openStore: () => Promise<MemoryStore>;

  constructor(before?: TestChats, prefix = '') {
    this.clock = before?.clock ?? new FakeClock();
    this.store = before?.store ?? new MemoryStore(this.clock);
    this.memento = before?.memento ?? new FakeMemento();
    this.target = before?.target ?? new ScriptedTarget();
    this.openStore = () => Promise.resolve(this.store);
    let ids = 0;
    this.chats = new Chats(this.#deps(() => `${prefix}id${++ids}`));
  }

  #deps(newId: () => string): ChatsDeps {
    const { settings, sources, slash } = this;
    const write = (line: string): void => void this.logged.push(line);
    const request =
      (name: string) =>
      (...args: readonly unknown[]): void =>
        void this.requested.push(
          [name, ...args.filter((one) => typeof one === 'string')].join(' '),
        );
    return {
      clock: this.clock,
      translate: english,
      newId,
      openStore: () => this.openStore(),
      onStoreFault: (error) => void this.faults.push(error),
      keepsHistory: () => settings.keepsHistory,
      target: (model) => this.#target(model),
      jobs: this.#jobs(),
      reactions: {
        rated: ({ model }, rating) => void this.reactions.push(`${model} ${rating ?? 'none'}`),
        accepted: ({ model }) => void this.reactions.push(`${model} accepted`),
      },
      compaction: () => settings.compaction,
      makesTitles: () => settings.makesTitles,
      tell: (text) => void this.told.push(text),
      workspace: settings.workspace,
      onFault: (error) => void this.faults.push(error),
      environment: {
        onChange: this.environmentChanged.event,
        view: () => ({
          endpoint: { kind: 'api', label: 'api.example' },
          model: this.target.model,
          models: [],
          efforts: [],
          effort: 'default',
          setup: [],
        }),
        warm: () => void this.requested.push('warm'),
      },
      parts: {
        sources,
        slash,
        instructions: {
          onChange: new Emitter<void>().event,
          segments: () => Promise.resolve([]),
        },
        codeActions: {
          run: (asked) => {
            this.codeActions.push(asked);
            return Promise.resolve();
          },
          accept: () => Promise.resolve(),
          reject: () => Promise.resolve(),
        },
      },
      owned: [],
      colors: {
        onChange: this.themeChanged.event,
        styles: () => this.readStyles(),
      },
      gaugeFacts: () =>
        Promise.resolve({
          instructions: [],
          windowTokens: 1_000,
          replyTokens: 100,
          price: undefined,
          limits: { warnTokens: settings.warnTokens, warnCostUSD: 0 },
        }),
      onFactsChange: new Emitter<void>().event,
      memento: this.memento,
      requests: {
        prepare: () => Promise.resolve(),
        selectModel: request('model'),
        selectEffort: request('effort'),
        openLink: (link) => void this.requested.push(`link ${link.href}`),
        carryOut: request('action'),
        openTab: request('tab'),
        exportChat: request('export'),
      },
      chooseModel: request('chooseModel'),
      help: () => Promise.resolve('/explain '),
      log: new Log(
        { trace: write, debug: write, info: write, warn: write, error: write },
        new Redactor(),
      ),
    };
  }

  #target(model: string | undefined): ScriptedTarget {
    if (model === undefined) return this.target;
    const known = this.targets.get(model) ?? new ScriptedTarget(model);
    this.targets.set(model, known);
    return known;
  }

  #jobs(): ChatsDeps['jobs'] {
    return {
      title: (_turn, _owner, signal) =>
        new Promise((answer, reject) => {
          this.titles.push({ answer });
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        }),
      summary: (plan, _owner, signal) =>
        new Promise((resolve, reject) => {
          const { throughTurnId, tokens: tokensBefore } = plan;
          const at = this.clock.wallNow();
          this.summaries.push({
            answer: (summary) =>
              resolve({ throughTurnId, summary, tokensBefore, tokensAfter: 5, at }),
            fail: (why) => reject(new Error(why)),
          });
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        }),
    };
  }
}

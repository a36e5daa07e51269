// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change, SessionView } from '../../../../src/protocol/chat';
import type { TurnView } from '../../../../src/protocol/turn';
import { App } from '../../../../src/webview/chat/app';
import { PanelPage } from '../helpers/panelPage';
import { sessionView, turnView } from '../helpers/views';

let page: PanelPage;

beforeEach(() => {
  page = new PanelPage();
  page.show(<App panel={page.panel} />);
});

afterEach(() => page.remove());

function snapshot(turns: TurnView[], session: Partial<SessionView> = {}): void {
  page.do(() =>
    page.panel.store.snapshot({ type: 'snapshot', seq: 0, session: sessionView(session), turns }),
  );
}

function apply(...changes: Change[]): void {
  page.do(() => page.panel.store.frame({ type: 'frame', seq: 1, changes }));
}

const text = (selector: string): string => page.find(selector).textContent;

const failed = turnView({
  state: 'failed',
  text: 'The beginning',
  error: {
    kind: 'overloaded',
    title: 'Anthropic is overloaded',
    detail: 'Tried 4 times.',
    requestId: 'req_1',
    retry: 'first',
    actions: [{ action: 'selectModel', label: 'Choose another model' }],
  },
});

describe('with nothing asked yet', () => {
  it('offers ways to get started where there is none', () => {
    snapshot([], {
      endpoint: { kind: 'none', label: '' },
      setup: [{ action: 'tryDemo', label: 'Try the demo', detail: 'no key' }],
    });
    page.do(() => page.find('.choice').click());
    expect(page.posted).toEqual([{ type: 'action', action: 'tryDemo' }]);
  });

  it('offers examples that can be sent with a click', () => {
    snapshot([], { endpoint: { kind: 'demo', label: 'Demo' } });
    page.do(() => page.button('help').click());
    expect(page.posted).toEqual([{ type: 'send', text: 'help' }]);
  });
});

describe('the composer', () => {
  it('gets what the host asked of it before it was there', () => {
    page.do(() => {
      page.panel.store.snapshot({ type: 'snapshot', seq: 0, session: sessionView(), turns: [] });
      page.panel.store.insertText('Explain this');
      page.panel.store.focusComposer();
    });
    expect(page.input.value).toBe('Explain this');
    expect(document.activeElement).toBe(page.input);
  });
});

describe('a conversation with nowhere to send to', () => {
  it('still offers the ways to get started, and Enter takes the first', () => {
    snapshot([turnView({ text: 'Because.' })], {
      endpoint: { kind: 'none', label: '' },
      setup: [
        { action: 'setApiKey', label: 'Set API Key', detail: 'kept secret' },
        { action: 'tryDemo', label: 'Try the Demo', detail: 'no key' },
      ],
    });
    page.do(() => page.button('Try the Demo').click());
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
    page.do(() => page.find('textarea').dispatchEvent(enter));
    expect(page.posted).toEqual([
      { type: 'action', action: 'tryDemo' },
      { type: 'action', action: 'setApiKey' },
    ]);
  });
});

describe('a turn', () => {
  it('shows question and answer, and what the answer took', () => {
    snapshot([
      turnView({
        text: '**Because.**',
        stats: {
          firstTokenMs: 843,
          totalMs: 12_400,
          inputTokens: 1_842,
          outputTokens: 2_210,
          cacheReadTokens: 1_200,
          cacheWriteTokens: 0,
          cost: '$0.0218',
          attempts: 2,
          isServed: false,
          phases: [],
        },
      }),
    ]);
    expect(text('.question')).toBe('Why?');
    expect(page.find('.answer strong').textContent).toBe('Because.');
    const stats = [...page.root.querySelectorAll('.stats li')].map((part) => part.textContent);
    expect(stats).toEqual([
      'm1',
      'first token 843 ms',
      'total 12 s',
      '1.8k in, 2.2k out',
      '1.2k cached',
      '$0.0218',
      '2 attempts',
    ]);
  });

  it('shows the question as plain text', () => {
    snapshot([turnView({ prompt: '<b>not bold</b> **nor this**' })]);
    expect(text('.question-text')).toBe('<b>not bold</b> **nor this**');
    expect(page.root.querySelector('.question b, .question strong')).toBeNull();
  });

  it('streams into one and the same place', () => {
    snapshot([turnView({ state: 'waiting' })], { busy: true });
    expect(text('.notice')).toContain('Waiting');
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'Hm.' });
    const answer = page.find('.answer');
    apply({ kind: 'append', turnId: 't1', text: 'One', thinking: '' });
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'done' } });
    expect(page.find('.answer')).toBe(answer);
    expect(text('.answer')).toBe('One');
    expect(page.root.querySelector('.notice')).toBeNull();
  });

  it('says quietly what it waits for', () => {
    snapshot([turnView({ state: 'waiting', notice: 'Overloaded, trying again in 4 s (2 of 3)' })]);
    expect(text('.notice')).toBe('Overloaded, trying again in 4 s (2 of 3)');
  });

  it('shows an error in its place, keeps the partial answer, and offers what to do', () => {
    snapshot([failed]);
    expect(text('.answer')).toBe('The beginning');
    expect(text('.error-title')).toBe('Anthropic is overloaded');
    expect(text('.error-box')).toContain('req_1');
    page.do(() => page.button('Retry').click());
    page.do(() => page.button('Choose another model').click());
    expect(page.posted).toEqual([
      { type: 'retry', turnId: 't1' },
      { type: 'action', action: 'selectModel' },
    ]);
  });

  it.each([
    ['first', ['Retry', 'Choose another model']],
    ['last', ['Choose another model', 'Retry']],
    ['never', ['Choose another model']],
  ] as const)('offers what helps most as its main button: Retry %s', (retry, labels) => {
    snapshot([turnView({ ...failed, ...(failed.error && { error: { ...failed.error, retry } }) })]);
    const buttons = [...page.root.querySelectorAll('.error-box .actions button')];
    expect(buttons.map(({ textContent }) => textContent)).toEqual(labels);
    expect(buttons.map(({ className }) => className.includes('secondary'))).toEqual(
      labels.map((_, index) => index > 0),
    );
  });

  it('that was cut can be continued', () => {
    snapshot([turnView({ text: 'Half', endNote: 'Cut at the limit.', canContinue: true })]);
    expect(text('.end-note p')).toBe('Cut at the limit.');
    page.do(() => page.button('Continue').click());
    expect(page.posted).toEqual([{ type: 'continue', turnId: 't1' }]);
  });

  it('that was stopped says so, and the newest can be asked again', () => {
    snapshot([
      turnView({ state: 'stopped', canAskAgain: true }),
      turnView({ id: 't2', state: 'interrupted', canAskAgain: true }),
    ]);
    const notes = [...page.root.querySelectorAll('.end-note p')].map((note) => note.textContent);
    expect(notes).toEqual(['Stopped', 'Interrupted: the window went away before the answer ended']);
    page.do(() => page.button('Ask again').click());
    expect(page.posted).toEqual([{ type: 'retry', turnId: 't2' }]);
  });

  it('shows tools with their input', () => {
    snapshot([
      turnView({ tools: [{ id: 'u1', name: 'get_weather', input: '{"city":"Berlin"}' }] }),
    ]);
    expect(text('.tool summary')).toContain('get_weather');
    expect(text('.tool pre')).toBe('{"city":"Berlin"}');
  });
});

describe('a turn that the host wants to be seen', () => {
  it('gets the focus, also when it was asked for before it was there', () => {
    page.do(() => page.panel.store.showTurn('t2'));
    snapshot([turnView(), turnView({ id: 't2', prompt: 'And then?' })]);
    expect(document.activeElement).toBe(page.find('[data-turn=t2]'));
  });
});

describe('thinking', () => {
  it('costs a number while it is closed', () => {
    snapshot([turnView({ state: 'waiting' })]);
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'x'.repeat(1_234) });
    expect(text('.thinking-head')).toContain('Thinking');
    expect(text('.thinking-head')).toContain('1,234 characters');
    expect(text('.thinking')).not.toContain('xxx');
  });

  it('streams while it is open, and goes from the page when it is closed', () => {
    snapshot([turnView({ state: 'waiting', thinking: 'First.' })]);
    page.do(() => page.find('.thinking-head').click());
    apply({ kind: 'append', turnId: 't1', text: '', thinking: ' Second.' });
    expect(text('.thinking-text')).toBe('First. Second.');
    page.do(() => page.find('.thinking-head').click());
    expect(page.root.querySelector('.thinking-text')).toBeNull();
  });

  it('says how long it took', () => {
    snapshot([turnView({ state: 'waiting' })]);
    apply({ kind: 'append', turnId: 't1', text: '', thinking: 'Hm.' });
    page.frames.advance(3_000);
    apply({ kind: 'append', turnId: 't1', text: 'So.', thinking: '' });
    expect(text('.thinking-head')).toContain('Thought for 3.0 s');
  });
});

describe('links and buttons inside of an answer', () => {
  it('ask the host to open a link, and never navigate', () => {
    snapshot([turnView({ text: '[docs](https://example.com/docs)' })]);
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    page.do(() => void page.find('.answer a').dispatchEvent(click));
    expect(click.defaultPrevented).toBe(true);
    expect(page.posted).toEqual([{ type: 'openLink', href: 'https://example.com/docs' }]);
  });

  it('copy the exact source of code', async () => {
    const copied: string[] = [];
    vi.stubGlobal('navigator', {
      clipboard: { writeText: (value: string) => Promise.resolve(copied.push(value)) },
    });
    snapshot([turnView({ text: '```js\n\tlet a = "<b>";\n```\n' })]);
    page.do(() => page.button('Copy code').click());
    await Promise.resolve();
    expect(copied).toEqual(['\tlet a = "<b>";\n']);
  });

  it('copy the answer as it was written', async () => {
    const copied: string[] = [];
    vi.stubGlobal('navigator', {
      clipboard: { writeText: (value: string) => Promise.resolve(copied.push(value)) },
    });
    snapshot([turnView({ text: 'It is **so**.' })]);
    page.do(() => page.button('Copy answer as Markdown').click());
    await Promise.resolve();
    expect(copied).toEqual(['It is **so**.']);
  });
});

describe('a screen reader', () => {
  it('hears of the end, in one place', () => {
    snapshot([turnView({ state: 'streaming' })]);
    expect(page.root.querySelectorAll('[aria-live=polite]')).toHaveLength(1);
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'done' } });
    expect(text('[role=status]')).toBe('Answer finished.');
  });

  it('hears at once of what went wrong', () => {
    snapshot([turnView({ state: 'streaming' })]);
    const error = {
      kind: 'overloaded',
      title: 'Overloaded',
      detail: '',
      retry: 'first' as const,
      actions: [],
    };
    apply({ kind: 'turn', turnId: 't1', patch: { state: 'failed', error } });
    expect(text('[role=alert]')).toBe('Error: Overloaded');
    expect(text('[role=status]')).toBe('');
  });

  it('hears who speaks, by the names that the reader knows', () => {
    snapshot([turnView({ text: 'So.' })]);
    const speakers = [...page.root.querySelectorAll('.speaker')].map((one) => one.textContent);
    expect(speakers).toEqual(['You', 'Model One']);
  });

  it('is not read the stream, and finds turns by their questions', () => {
    snapshot([turnView({ prompt: 'Why is it\nso?' })]);
    expect(page.find('[role=log]').getAttribute('aria-live')).toBe('off');
    expect(page.find('article').getAttribute('aria-label')).toBe('Question: Why is it');
  });
});

describe('an error while drawing', () => {
  it('is reported, leaves a message and a way back', () => {
    const broken = turnView({ state: 'failed' });
    Object.defineProperty(broken, 'tools', { enumerable: true, value: undefined });
    snapshot([broken]);
    expect(text('.error-title')).toBe('This panel hit an error');
    expect(page.faults).toHaveLength(1);
    page.do(() =>
      page.panel.store.snapshot({
        type: 'snapshot',
        seq: 0,
        session: sessionView(),
        turns: [turnView({ text: 'Fine.' })],
      }),
    );
    page.do(() => page.button('Show the conversation again').click());
    expect(page.resyncs).toBe(1);
    expect(text('.answer')).toBe('Fine.');
  });
});

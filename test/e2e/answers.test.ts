import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { waitFor } from '../helpers/waitFor';

const GREETING = `export function greet(name: string): string {
  return 'Hello, ' + name;
}

export function part(name: string): string {
  return 'Bye, ' + name;
}
`;

/** What an answer can show, and what can be done with its code. */
describe('an answer', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '4' },
    viewport: { width: 1500, height: 950 },
    files: { 'src/greet.ts': GREETING },
    // It knows where a function begins and ends.
    builtinExtensions: ['typescript-language-features'],
  });
  const chat = (): ChatPage => new ChatPage(workbench.current);
  const answer = async () => (await chat().lastTurn()).locator('.answer');
  const editorText = () => workbench.current.page.locator('.editor-instance .view-lines').last();
  const code = async (button: string | RegExp) =>
    (await answer()).locator('.code-block').last().getByRole('button', { name: button });
  const codeMenu = async (item: RegExp) => chat().choose(await code(/^More/), item);

  it('sets formulas, which screen readers can read', async () => {
    await workbench.current.run('pulse.openChat');
    await chat().ask('math');
    await chat().ended();
    await (await answer()).locator('.katex-display').first().waitFor();
    expect(await (await answer()).locator('math').count()).toBeGreaterThan(5);
    expect(await (await answer()).innerText()).toContain('it costs $5, or $10 for two');
    await workbench.current.screenshot('answer-math');
  });

  it('draws diagrams in a frame of their own, and shows one that is wrong as it is written', async () => {
    await chat().ask('diagram');
    await chat().ended();
    await waitFor('two diagrams', 40_000, async () => {
      return (await (await answer()).locator('.code-block.drawn').count()) === 2;
    });
    expect(await (await answer()).locator('.code-block').last().innerText()).toContain('a --> -->');
    await workbench.current.screenshot('answer-diagrams');
  });

  it('has footnotes, tasks and thinking that opens', async () => {
    await chat().ask('markdown');
    await chat().ended();
    expect(await (await answer()).locator('.task-box').count()).toBe(3);
    await (
      await answer()
    )
      .getByRole('button', { name: /Footnote 1/ })
      .first()
      .waitFor();
    const frame = await chat().frame();
    await frame.getByLabel('Effort').selectOption('high');
    await chat().ask('thinking 300');
    const turn = await chat().ended();
    const head = turn.locator('.thinking-head');
    expect(await head.innerText()).toMatch(/Thought for [\d.]+ m?s/);
    expect(await turn.locator('.thinking-text').count()).toBe(0);
    await head.click();
    expect(await turn.locator('.thinking-text').innerText()).toContain('simulated thought');
    await frame.getByLabel('Effort').selectOption({ index: 0 });
  });

  it('says plainly that it was refused, and goes on after a cut', async () => {
    await chat().ask('markdown [[fault refusal after=12]]');
    const refused = await chat().ended();
    expect(await refused.locator('.end-note').innerText()).toMatch(/refus|declin/i);
    await workbench.current.screenshot('answer-refused');
  });

  it('copies code', async () => {
    await chat().ask('code typescript');
    await chat().ended();
    await (await code('Copy code')).click();
    await (await answer()).locator('.code-block .codicon-check').first().waitFor();
  });

  it('puts code into the file at the cursor', async () => {
    await workbench.current.openFile('greet.ts');
    await editorText().filter({ hasText: 'Hello' }).waitFor();
    await chat().askAtOnce('echo ```ts\nconst inserted = 1;\n```');
    await chat().ended();
    await codeMenu(/Insert at/);
    await editorText().filter({ hasText: 'inserted' }).waitFor();
    await workbench.current.run('workbench.action.files.revert');
  });

  it('applies code to a file as a change that is reviewed first', async () => {
    const change = GREETING.split('\n').slice(4, 7).join('\n').replace('Bye', 'Farewell');
    await chat().askAtOnce(`echo \`\`\`ts src/greet.ts\n${change}\n\`\`\``);
    await chat().ended();
    await codeMenu(/Apply to/);
    const tab = workbench.current.page
      .locator('.tab.active')
      .filter({ hasText: 'review the change' });
    await tab.waitFor();
    await workbench.current.screenshot('answer-apply');
    await workbench.current.run('pulse.rejectProposal');
    await tab.waitFor({ state: 'detached' });
    const file = path.join(workbench.current.workspaceDir, 'src/greet.ts');
    expect(await readFile(file, 'utf8')).not.toContain('Farewell');
    await codeMenu(/Apply to/);
    await tab.waitFor();
    await workbench.current.run('pulse.acceptProposal');
    await editorText().filter({ hasText: 'Farewell' }).waitFor();
    expect(await editorText().innerText()).toContain('Hello');
    // What comes next is written in the chat, not in the editor that opens.
    await workbench.current.page.locator('.editor-instance .monaco-editor.focused').waitFor();
    await workbench.current.run('workbench.action.files.revert');
  });

  it('makes a new file with the name that the block gives', async () => {
    await chat().askAtOnce('echo ```python tools/made.py\nprint("made")\n```');
    await chat().ended();
    await codeMenu(/new file/);
    await workbench.current.page.locator('.tab').filter({ hasText: 'made.py' }).waitFor();
  });

  it('runs a command in the terminal, after it was shown', async () => {
    await chat().askAtOnce('echo ```bash\necho pulse-$((40 + 2))\n```');
    await chat().ended();
    await codeMenu(/Run in/);
    const dialog = workbench.current.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'echo pulse-$((40 + 2))' }).waitFor();
    await workbench.current.screenshot('answer-run');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await workbench.current.page.locator('.terminal-wrapper').first().waitFor();
  });

  it('wraps long lines, and folds long code', async () => {
    await chat().ask('code 60');
    await chat().ended();
    const block = (await answer()).locator('.code-block').last();
    await codeMenu(/Wrap/);
    await block.and((await chat().frame()).locator('.wrapped')).waitFor();
    const fold = block.getByRole('button', { name: /Show (all|less|fewer)/ });
    await fold.waitFor();
  });

  // The other themes: chat.test.ts, and `npm run screenshots`.
  it.each(['hcDark', 'light'] as const)(
    'can be read in %s, by a screen reader too',
    async (theme) => {
      await workbench.current.setTheme(theme);
      await chat().ask(theme === 'light' ? 'math' : 'markdown');
      await chat().ended();
      await workbench.current.screenshot(`answers-${theme}`);
      expect(await accessibilityFaults(await chat().frame())).toEqual([]);
    },
  );

  it('broke no rule of its pages on the way', () => {
    expect(workbench.current.problems).toEqual([]);
  });
});

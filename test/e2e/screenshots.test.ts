import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';

/** Pictures to look at, in artifacts/screenshots; `npm run screenshots` makes them without the other tests. */
describe('without a key', () => {
  const workbench = useWorkbench({
    builtinExtensions: 'all',
    viewport: { width: 1100, height: 720 },
  });

  it.each(['light', 'dark', 'hcDark', 'hcLight'] as const)(
    'shows the ways to get started, in %s',
    async (theme) => {
      await workbench.current.setTheme(theme);
      await workbench.current.runCommand('Pulse: Open Chat');
      const chat = await workbench.current.webview('.choice');
      expect(await chat.locator('.choice').count()).toBeGreaterThanOrEqual(2);
      await workbench.current.screenshot(`setup-${theme}`);
      expect(await accessibilityFaults(chat)).toEqual([]);
    },
  );

  it('starts the demo with a click, and its examples answer', async () => {
    const chat = new ChatPage(workbench.current);
    await (await chat.frame()).getByRole('button', { name: /Try the Demo/ }).click();
    const example = (await chat.frame()).getByRole('button', { name: 'help', exact: true });
    await example.waitFor();
    await workbench.current.screenshot('demo-empty');
    await example.click();
    await chat.answerWith('simulator');
    await chat.ended();
  });
});

describe('a working day', () => {
  const workbench = useWorkbench({
    builtinExtensions: 'all',
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '4' },
    viewport: { width: 1400, height: 860 },
    files: { 'hello.ts': 'export const hello = (name: string) => `Hello, ${name}!`;\n' },
  });

  it('fills the metrics', async () => {
    const chat = new ChatPage(workbench.current);
    await workbench.current.runCommand('Pulse: Show Metrics');
    await workbench.current.runCommand('Pulse: Open Chat');
    for (const question of ['hello', 'table 1', 'code typescript']) {
      await chat.ask(question);
      await chat.ended();
    }
    await workbench.current.screenshot('day-light');
    await workbench.current.setTheme('dark');
    await workbench.current.screenshot('day-dark');
  });

  it.each(['light', 'dark', 'hcDark', 'hcLight'] as const)(
    'draws diagrams and formulas in %s',
    async (theme) => {
      const chat = new ChatPage(workbench.current);
      await workbench.current.setTheme(theme);
      await chat.ask('math');
      await chat.ended();
      await chat.ask('diagram');
      const turn = await chat.ended();
      await turn.locator('.code-block.drawn').first().waitFor();
      await workbench.current.screenshot(`answers-${theme}`);
      expect(await accessibilityFaults(await chat.frame())).toEqual([]);
    },
  );

  it('has a wide chat in an editor tab', async () => {
    await workbench.current.setTheme('light');
    await workbench.current.runCommand('Pulse: Open Chat in Editor');
    await workbench.current.closeSecondarySideBar();
    const chat = new ChatPage(workbench.current);
    await chat.ask('code typescript');
    await chat.ended();
    await workbench.current.screenshot('editor-light');
    await workbench.current.runCommand('Pulse: Open Chat');
  });

  it('has room for everything in a narrow side bar', async () => {
    await workbench.current.page.setViewportSize({ width: 620, height: 800 });
    const chat = await new ChatPage(workbench.current).frame();
    const overflow = await chat.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await workbench.current.screenshot('day-narrow');
    expect(workbench.current.problems).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { showWeek } from '../helpers/writtenWeek';

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
      await workbench.current.run('pulse.openChat');
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
    await workbench.current.run('pulse.openMetrics');
    await workbench.current.run('pulse.openChat');
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
    await workbench.current.run('pulse.openChatInEditor');
    await workbench.current.closeSecondarySideBar();
    const chat = new ChatPage(workbench.current);
    await chat.ask('code typescript');
    await chat.ended();
    await workbench.current.screenshot('editor-light');
    await workbench.current.run('pulse.openChat');
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

describe('the pages of metrics', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '40' },
    viewport: { width: 1400, height: 1300 },
  });

  async function inAllThemes(name: string): Promise<void> {
    for (const theme of ['light', 'hcDark', 'hcLight', 'dark'] as const) {
      await workbench.current.setTheme(theme);
      await workbench.current.screenshot(`${name}-${theme}`);
    }
  }

  it('shows a week in the dashboard', async () => {
    const { current } = workbench;
    await current.run('pulse.openChat');
    await showWeek(current);
    await inAllThemes('metrics-week');
  });

  it('reports what the week was like, and what its change came to', async () => {
    const { current } = workbench;
    const { keyboard } = current.page;
    const picks = current.page.locator('.quick-input-widget .monaco-list-row');
    await current.run('pulse.showReport');
    await picks.first().waitFor();
    await current.screenshot('metrics-report-choice');
    await keyboard.press('End');
    await keyboard.press('Enter');
    await current.webview('.verdict');
    await inAllThemes('metrics-report');
    await current.run('workbench.action.closeAllEditors');
    await current.run('pulse.compareChange');
    await picks.filter({ hasText: 'Small questions go to Haiku' }).waitFor();
    await keyboard.press('Enter');
    await current.webview('.verdict');
    await inAllThemes('metrics-effect');
  });

  it('warns, and diagnoses', async () => {
    const { current } = workbench;
    await current.run('pulse.openMetrics');
    const chat = new ChatPage(current);
    await current.run('pulse.openChat');
    await chat.ask('hello');
    await chat.ended();
    await current.setWorkspaceSettings({
      'pulse.alerts.rules': [
        { name: 'Slow to begin', metric: 'firstTokenP95', window: 'hour', above: 1 },
      ],
    });
    await current.page
      .locator('.pane-body .monaco-list-row')
      .filter({ hasText: /^Alerts\s*1/ })
      .click();
    await inAllThemes('metrics-alert');
    await current.run('workbench.action.closeAllEditors');
    await current.run('pulse.diagnose');
    await current.webview('.verdict');
    await inAllThemes('diagnose');
  });
});

import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { writeWeek } from '../helpers/writtenWeek';

/** Metrics as a user meets them: the tree, an alert, the dashboard, a comparison, an export; over a reload. */
describe('metrics', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '20' },
    // High enough for the whole tree: rows out of sight are not in the page.
    viewport: { width: 1150, height: 1250 },
  });
  const chat = (): ChatPage => new ChatPage(workbench.current);
  const rows = () => workbench.current.page.locator('.pane-body .monaco-list-row');

  it('are in the tree, with the phases of a request below it', async () => {
    const { current } = workbench;
    await current.runCommand('Pulse: Show Metrics');
    await current.runCommand('Pulse: Open Chat');
    for (const question of ['hello', 'echo one', 'hello [[fault invalid times=1]]', 'list 1']) {
      await chat().ask(question);
      await chat().ended();
    }
    await rows()
      .filter({ hasText: /^Alerts\s*none/ })
      .waitFor();
    const request = rows().filter({ hasText: 'first after' }).first();
    await request.click();
    await rows()
      .filter({ hasText: /^Streaming/ })
      .first()
      .waitFor();
    await current.screenshot('metrics-tree');
  });

  it('warn of what the user wants to be warned of, once, and can be snoozed', async () => {
    const { current } = workbench;
    await current.setWorkspaceSettings({
      'pulse.alerts.rules': [
        { name: 'Many questions', metric: 'requests', window: 'hour', above: 2 },
      ],
    });
    await rows()
      .filter({ hasText: /^Alerts\s*1/ })
      .waitFor();
    await current.runCommand('Notifications: Show Notifications');
    const told = current.page
      .locator('.notifications-center .notification-list-item')
      .filter({ hasText: 'Many questions' });
    await told.waitFor();
    expect(await told.count()).toBe(1);
    await current.screenshot('metrics-alert');
    const status = current.page.locator('#claude-pulse\\.claude-pulse\\.pulse\\.status');
    expect(await status.innerText()).toContain('Many questions');
    await told.getByRole('button', { name: 'Snooze 1 Hour' }).click();
    await rows()
      .filter({ hasText: /^Alerts/ })
      .click();
    await rows()
      .filter({ hasText: /Many questions.*snoozed until/s })
      .waitFor();
    expect(await status.innerText()).not.toContain('Many questions');
  });

  it('are drawn in the dashboard, which the status bar opens', async () => {
    const { current } = workbench;
    await current.page.locator('#claude-pulse\\.claude-pulse\\.pulse\\.status a').click();
    const page = await current.webview('.tiles');
    await page.getByText('First token').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await current.setTheme('dark');
    await current.screenshot('metrics-dashboard');
  });

  it('are there again after a reload', async () => {
    const { current } = workbench;
    await current.reload();
    const page = await current.webview('.tiles');
    await page.getByText('First token').first().waitFor();
    await page.getByText(/^5$/).first().waitFor();
  });

  it('say what a change came to', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.runCommand('Pulse: Mark a Change');
    await page.locator('.quick-input-widget input').first().fill('Another prompt');
    await page.keyboard.press('Enter');
    await chat().ask('echo two');
    await chat().ended();
    await current.runCommand('Pulse: Compare Before and After');
    await page
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ hasText: 'Another prompt' })
      .waitFor();
    await page.keyboard.press('Enter');
    const report = await current.webview('.verdict');
    const text = await report.locator('main').innerText();
    expect(text).toContain('Another prompt');
    // What was asked a moment ago counts.
    expect(text).toMatch(/Requests\s+5\s+1/);
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('metrics-effect');
  });
});

describe('a week of metrics', () => {
  const workbench = useWorkbench({ viewport: { width: 1200, height: 800 } });

  it('fills the dashboard, which can be compared, sorted and read by keyboard', async () => {
    const { current } = workbench;
    await current.runCommand('Pulse: Open Chat');
    await writeWeek(current.dataDir);
    await current.closeSecondarySideBar();
    await current.runCommand('Pulse: Open Dashboard');
    const page = await current.webview('.tiles');
    await page.getByText('7 days', { exact: true }).click();
    await page.getByText('Small questions go to Haiku').first().waitFor({ state: 'attached' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByText('Compare with the period before').click();
    await page.locator('.tiles').getByText('before').first().waitFor();
    await current.screenshot('metrics-week-compared');
  });
});

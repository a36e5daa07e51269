import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { unusedPort } from '../helpers/unusedPort';
import { showWeek } from '../helpers/writtenWeek';

const ALL_IS_WELL = 'Nothing wrong was found.';
/** A test machine that has much else to do is rightly told so. */
const MACHINE_IS_BUSY =
  /^(The extension host is blocked|The processor is busy|The disk is slow)\.$/;

/** Metrics as a user meets them: the tree, an alert, the dashboard, a benchmark, a comparison, a diagnosis; over a reload. */
describe('metrics', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '20' },
    // High enough for the whole tree: rows out of sight are not in the page.
    viewport: { width: 1200, height: 1250 },
  });
  const chat = (): ChatPage => new ChatPage(workbench.current);
  const rows = () => workbench.current.page.locator('.pane-body .monaco-list-row');
  const tab = (label: string) => workbench.current.page.locator('.tab').filter({ hasText: label });
  const keepBaseline = { name: 'Keep as baseline' };
  const benchmark = () => workbench.current.webview('.report h1:has-text("Benchmark")');
  const diagnosis = () => workbench.current.webview('.report h1:has-text("Diagnosis")');

  it('are in the tree, with the phases of a request below it', async () => {
    const { current } = workbench;
    await current.run('pulse.openMetrics');
    await current.run('pulse.openChat');
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
    await current.run('notifications.showList');
    const told = current.page
      .locator('.notifications-center .notification-list-item')
      .filter({ hasText: 'Many questions' });
    await told.waitFor();
    expect(await told.count()).toBe(1);
    await current.screenshot('metrics-alert');
    const status = current.page.locator('#claude-pulse\\.claude-pulse\\.pulse\\.status');
    expect(await status.innerText()).toContain('Many questions');
    await told.getByRole('button', { name: 'Snooze 1 Hour' }).click();
    await current.run('notifications.hideList');
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

  it('come from a benchmark, too, which asks first and has a report', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.run('pulse.runBenchmark');
    const picks = page.locator('.quick-input-widget');
    await picks.locator('input[placeholder="What to measure"]').waitFor();
    await current.screenshot('benchmark-scenarios');
    await page.keyboard.press('Enter');
    await picks.locator('input[placeholder="Which models"]').waitFor();
    await picks.locator('.monaco-list-row').filter({ hasText: 'simulator-' }).first().waitFor();
    await page.keyboard.press('Enter');
    const question = page.locator('.monaco-dialog-box');
    await question.waitFor();
    expect(await question.innerText()).toContain('Send up to 40 requests');
    await current.screenshot('benchmark-question');
    await question.getByRole('button', { name: 'Run', exact: true }).click();
    const report = await benchmark();
    expect(await report.locator('main').innerText()).toContain('Latency');
    expect(await report.getByRole('button', keepBaseline).count()).toBe(1);
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('benchmark-report');
  });

  it('say what a change came to', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.run('pulse.markChange');
    await page.locator('.quick-input-widget input').first().fill('Another prompt');
    await page.keyboard.press('Enter');
    await chat().ask('echo two');
    await chat().ended();
    await current.run('pulse.compareChange');
    await page
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ hasText: 'Another prompt' })
      .waitFor();
    await page.keyboard.press('Enter');
    const report = await current.webview('.report:has-text("Another prompt")');
    const text = await report.locator('main').innerText();
    // What was asked a moment ago counts.
    expect(text).toMatch(/Requests\s+45\s+1/);
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('metrics-effect');
  });

  it('say in a diagnosis that nothing is wrong, and what was looked at', async () => {
    const { current } = workbench;
    await current.run('pulse.diagnose');
    const report = await diagnosis();
    const verdict = await report.locator('.verdict p').innerText();
    if (!MACHINE_IS_BUSY.test(verdict)) expect(verdict).toBe(ALL_IS_WELL);
    const facts = report.locator('tr');
    await facts.filter({ hasText: 'HTTP status 200' }).waitFor();
    await facts.filter({ hasText: 'Event loop late by, longest' }).waitFor();
    await facts.filter({ hasText: 'Conversations held' }).waitFor();
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('diagnose-well');
  });

  it('are there again after a reload, and so is the report', async () => {
    const { current } = workbench;
    await current.reload();
    await tab('Benchmark').click();
    const report = await benchmark();
    expect(await report.locator('main').innerText()).toContain('Latency');
    // What the buttons did belongs to a run that is over.
    await report.getByRole('button', keepBaseline).waitFor({ state: 'detached' });
    await tab('Dashboard').click();
    const page = await current.webview('.tiles');
    await page.getByText('First token').first().waitFor();
    await page.getByText(/^46$/).first().waitFor();
  });

  it('of a week fill the dashboard, which can be compared with the period before', async () => {
    const { current } = workbench;
    const page = await showWeek(current);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByText('Compare with the period before').click();
    await page.locator('.tiles').getByText('before').first().waitFor();
    await current.screenshot('metrics-week-compared');
  });

  it('lead to the cause of a fault, and that to the setting', async () => {
    const { current } = workbench;
    const port = await unusedPort();
    // With an endpoint of the user's own there is no demo.
    await current.setMachineSettings({
      'pulse.baseUrl': `http://127.0.0.1:${port}`,
      'pulse.authStyle': 'none',
    });
    await current.run('workbench.action.closeAllEditors');
    await current.reload();
    await current.run('pulse.openMetrics');
    await current.page.getByRole('button', { name: 'Diagnose' }).click();
    const report = await diagnosis();
    expect(await report.locator('.verdict p').innerText()).toBe('Nothing listens at this port.');
    const main = await report.locator('main').innerText();
    expect(main).toContain(`127.0.0.1:${port}`);
    expect(main).toContain('ECONNREFUSED');
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('diagnose-refused');
    await report.getByRole('button', { name: 'Change Base URL' }).click();
    const tabs = current.page.locator('.tab');
    await tabs.and(current.page.locator('.active')).filter({ hasText: 'Settings' }).waitFor();
  });
});

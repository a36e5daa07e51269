import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { useWorkbench } from '../helpers/e2e';

describe('a benchmark', () => {
  const workbench = useWorkbench({ env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '40' } });

  it('asks first, measures, and its report opens in a tab that survives a reload', async () => {
    const { current } = workbench;
    const { page } = current;
    await current.runCommand('Pulse: Run Benchmark');
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
    const report = await current.webview('main table');
    expect(await report.locator('h1').innerText()).toMatch(/benchmark/i);
    expect(await report.locator('main').innerText()).toContain('Latency');
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.setTheme('dark');
    await current.screenshot('benchmark-report');
    const keep = { name: 'Keep as baseline' };
    expect(await report.getByRole('button', keep).count()).toBe(1);
    await current.reload();
    const again = await current.webview('main table');
    expect(await again.locator('main').innerText()).toContain('Latency');
    // What the buttons did belongs to a run that is over.
    expect(await again.getByRole('button', keep).count()).toBe(0);
  });
});

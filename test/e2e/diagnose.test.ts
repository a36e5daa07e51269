import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { useWorkbench } from '../helpers/e2e';

const ALL_IS_WELL = 'Nothing wrong was found.';
/** A test machine that has much else to do is rightly told so. */
const MACHINE_IS_BUSY =
  /^(The extension host is blocked|The processor is busy|The disk is slow)\.$/;

/** One that nothing listens at any more. */
async function refusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a diagnosis of the demo', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '40' },
    // High enough for the whole report.
    viewport: { width: 1280, height: 1300 },
  });

  it('says that nothing is wrong and shows what was looked at', async () => {
    const { current } = workbench;
    await current.runCommand('Pulse: Diagnose');
    const report = await current.webview('main table');
    const verdict = await report.locator('.verdict p').innerText();
    if (!MACHINE_IS_BUSY.test(verdict)) expect(verdict).toBe(ALL_IS_WELL);
    const rows = report.locator('tr');
    await rows.filter({ hasText: 'HTTP status 200' }).waitFor();
    await rows.filter({ hasText: 'Event loop late by, longest' }).waitFor();
    await rows.filter({ hasText: 'Conversations held' }).waitFor();
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('diagnose-well');
  });
});

describe('a diagnosis of an endpoint that is not there', async () => {
  const port = await refusedPort();
  const workbench = useWorkbench({
    machineSettings: {
      'pulse.baseUrl': `http://127.0.0.1:${port}`,
      'pulse.authStyle': 'none',
    },
  });

  it('from the metrics: names the cause, and its button leads to the setting', async () => {
    const { current } = workbench;
    await current.runCommand('Pulse: Show Metrics');
    await current.page.getByRole('button', { name: 'Diagnose' }).click();
    const report = await current.webview('main table');
    expect(await report.locator('.verdict p').innerText()).toBe('Nothing listens at this port.');
    const main = await report.locator('main').innerText();
    expect(main).toContain(`127.0.0.1:${port}`);
    expect(main).toContain('ECONNREFUSED');
    expect(await accessibilityFaults(report)).toEqual([]);
    await current.screenshot('diagnose-refused');
    await report.getByRole('button', { name: 'Change Base URL' }).click();
    const tabs = current.page.locator('.tab');
    await tabs.and(current.page.locator('.active')).filter({ hasText: 'Settings' }).waitFor();
    await tabs.filter({ hasText: 'Diagnosis' }).click();
  });
});

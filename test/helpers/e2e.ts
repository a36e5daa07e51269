/**
 * For end-to-end suites (test/e2e, run by vitest):
 *
 *   const workbench = useWorkbench({ files: { 'a.ts': 'let a;' } });
 *   it('answers', async () => {
 *     await workbench.current.run('pulse.openChat');
 *     const chat = await workbench.current.webview('textarea');
 *     ...
 *   });
 *
 * A file gets a server, a page, a workspace and data of its own; the browser is shared. When a test
 * fails, a screenshot of that moment is in artifacts/screenshots.
 */
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, inject, onTestFailed, beforeEach } from 'vitest';
import { Workbench, type WorkbenchOptions } from './workbench';

export interface OpenWorkbench {
  readonly current: Workbench;
}

/**
 * Opens a workbench before the tests of a file and disposes of it after them. That takes as long as ten of these tests: suites that
 * need the same kind share one.
 */
export function useWorkbench(options: WorkbenchOptions = {}): OpenWorkbench {
  let browser: Browser | undefined;
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    browser = await chromium.connect(inject('browserEndpoint'));
    workbench = await Workbench.open(browser, options);
  });
  beforeEach(() => {
    onTestFailed(async ({ task }) => {
      await workbench?.screenshot(`failed-${task.name.replaceAll(/\W+/g, '-')}`);
    });
  });
  afterAll(async () => {
    await workbench?.dispose();
    await browser?.close();
  });
  return {
    get current() {
      if (workbench === undefined) throw new Error('The workbench is there only inside of tests.');
      return workbench;
    },
  };
}

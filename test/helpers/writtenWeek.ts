import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame } from 'playwright-core';
import { SqliteConversationStore } from '../../src/store/conversationStore';
import { metricsWeek } from './metricsWeek';
import { waitFor } from './waitFor';
import type { Workbench } from './workbench';

/** The file of the window's history, which it makes when the chat is opened. */
function historyIn(dataDir: string): Promise<string> {
  return waitFor('the history', 20_000, async () => {
    const files = await readdir(dataDir, { recursive: true });
    const found = files.find((file) => path.basename(file) === 'conversations.db');
    return found && path.join(dataDir, found);
  });
}

/** Writes `metricsWeek` into the history of the window that keeps its data there. */
async function writeWeek(dataDir: string): Promise<void> {
  const file = await historyIn(dataDir);
  const store = SqliteConversationStore.open({
    file,
    workerUrl: pathToFileURL(path.join('dist', 'storeWorker.js')),
  });
  await store.metrics.exchangeMetrics(metricsWeek(Date.now()), { requestDays: 30, hourDays: 400 });
  await store.close();
}

/** A dashboard with `metricsWeek` in it, over all of its days. The chat must have been opened in this window. */
export async function showWeek(workbench: Workbench): Promise<Frame> {
  await writeWeek(workbench.dataDir);
  await workbench.closeSecondarySideBar();
  await workbench.run('pulse.openDashboard');
  const page = await workbench.webview('.tiles');
  await page.getByText('7 days', { exact: true }).click();
  await page.getByText('Small questions go to Haiku').first().waitFor({ state: 'attached' });
  return page;
}

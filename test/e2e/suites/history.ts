import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../../helpers/accessibility';
import { ChatPage } from '../../helpers/chatPage';
import type { OpenWorkbench } from '../../helpers/e2e';
import { waitFor } from '../../helpers/waitFor';

/** Conversations are found again, and gone when they should be. Their titles are their questions. */
export function historySuite(workbench: OpenWorkbench): void {
  describe('the history', () => {
    const chat = (): ChatPage => new ChatPage(workbench.current);
    const frame = () => chat().frame();
    const rows = async () => (await frame()).locator('.history-row');
    const open = async () => {
      await (await frame()).getByRole('button', { name: 'History', exact: true }).click();
      await (await rows()).first().waitFor();
    };

    it('lists what was asked', async () => {
      await workbench.current.run('pulse.openChat');
      for (const word of ['alpha pomegranate', 'beta', 'gamma']) {
        await chat().ask(`echo ${word}`);
        await chat().ended();
        await workbench.current.run('pulse.newChat');
        await waitFor('an empty chat', 10_000, async () => {
          return (await (await frame()).locator('article.turn').count()) === 0;
        });
      }
      await open();
      expect(await (await rows()).count()).toBe(3);
      await workbench.current.screenshot('history-list');
      expect(await accessibilityFaults(await frame())).toEqual([]);
    });

    it('finds words of answers', async () => {
      const search = (await frame()).getByLabel('Search chats');
      await search.fill('pomegran');
      await waitFor('one result', 10_000, async () => (await (await rows()).count()) === 1);
      await workbench.current.screenshot('history-search');
      await search.press('Enter');
      await chat().answerWith('pomegranate');
    });

    it('pins, renames and deletes, and takes a deletion back', async () => {
      await open();
      const beta = (await rows()).filter({ hasText: 'beta' });
      await beta.hover();
      await chat().choose(beta.getByRole('button', { name: 'More actions' }), 'Pin');
      await (await frame()).getByText('Pinned', { exact: true }).waitFor();
      await (await rows()).first().filter({ hasText: 'beta' }).waitFor();
      const gamma = (await rows()).filter({ hasText: 'gamma' });
      await gamma.hover();
      await chat().choose(gamma.getByRole('button', { name: 'More actions' }), 'Rename');
      const field = (await frame()).getByLabel('New name of the chat');
      await field.fill('Third letter');
      await field.press('Enter');
      const renamed = (await rows()).filter({ hasText: 'Third letter' });
      await renamed.waitFor();
      await renamed.hover();
      await chat().choose(renamed.getByRole('button', { name: 'More actions' }), 'Delete');
      await waitFor('two chats', 10_000, async () => (await (await rows()).count()) === 2);
      await (await frame()).locator('.toast').getByRole('button', { name: 'Undo' }).click();
      await renamed.waitFor();
      await workbench.current.screenshot('history-pinned');
      await workbench.current.page.keyboard.press('Escape');
    });

    it('exports a chat, and takes it in again', async () => {
      const file = path.join(workbench.current.workspaceDir, 'echo alpha pomegranate.json');
      await chat().choose(
        (await frame()).getByRole('button', { name: 'More actions for this chat' }),
        'Export as JSON',
      );
      const picker = workbench.current.page.locator('.quick-input-widget:visible input');
      // The folder of the workspace and a name are there already.
      await picker.press('Enter');
      await waitFor('the file', 20_000, async () => {
        return (await readFile(file, 'utf8').catch(() => '')).includes('pomegranate');
      });
      await workbench.current.run('pulse.importChats');
      await picker.waitFor();
      const row = workbench.current.page
        .locator('.quick-input-widget:visible .monaco-list-row')
        .filter({ hasText: 'pomegranate.json' });
      await row.click();
      await open();
      await waitFor('four chats', 20_000, async () => (await (await rows()).count()) === 4);
      await workbench.current.page.keyboard.press('Escape');
    });

    it('is the same in another window, and both see what the other does', async () => {
      const another = await workbench.current.anotherWindow();
      try {
        const there = new ChatPage(another);
        await another.run('pulse.openChat');
        await (await there.frame()).getByRole('button', { name: 'History', exact: true }).click();
        const rowsThere = (await there.frame()).locator('.history-row');
        await (await there.frame()).getByRole('button', { name: 'All', exact: true }).click();
        await rowsThere.filter({ hasText: 'Third letter' }).waitFor();
        await another.page.keyboard.press('Escape');
        await there.ask('echo persimmon');
        await there.answerWith('persimmon');
        await there.ended();
      } finally {
        await another.dispose();
      }
      await workbench.current.page.bringToFront();
      await open();
      await (await frame()).getByRole('button', { name: 'All', exact: true }).click();
      await (await rows()).filter({ hasText: 'persimmon' }).waitFor();
      await workbench.current.page.keyboard.press('Escape');
    }, 120_000);

    it('writes nothing of a temporary chat', async () => {
      await workbench.current.run('workbench.action.closeAllEditors');
      await workbench.current.run('pulse.newTemporaryChat');
      await (await frame()).getByText('Not saved').waitFor();
      await chat().ask('echo quincetrace');
      await chat().ended();
      await workbench.current.screenshot('history-temporary');
      await workbench.current.run('pulse.newChat');
      expect(await filesWith(workbench.current.dataDir, 'quincetrace')).toEqual([]);
    });

    it('deletes everything when told to', async () => {
      await workbench.current.run('pulse.deleteAllChats');
      const dialog = workbench.current.page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      await workbench.current.screenshot('history-delete-all');
      await dialog
        .getByRole('button', { name: /Delete/ })
        .first()
        .click();
      await waitFor('no text on disk', 20_000, async () => {
        return (await filesWith(workbench.current.dataDir, 'pomegranate')).length === 0;
      });
    });

    it('broke no rule of its pages on the way', () => {
      expect(workbench.current.problems).toEqual([]);
    });
  });
}

/** Files of the extension's storage that hold the text. */
async function filesWith(dataDir: string, text: string): Promise<string[]> {
  const all = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of all) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !file.includes('globalStorage')) continue;
    if ((await readFile(file).catch(() => Buffer.alloc(0))).includes(text)) found.push(entry.name);
  }
  return found;
}

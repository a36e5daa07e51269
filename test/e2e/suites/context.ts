import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ChatPage } from '../../helpers/chatPage';
import type { OpenWorkbench } from '../../helpers/e2e';
import { waitFor } from '../../helpers/waitFor';

/** The smallest one that readers open: one empty page. */
const PDF = [
  '%PDF-1.4',
  '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
  '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
  '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj',
  'trailer<</Root 1 0 R>>',
  '%%EOF',
].join('\n');

/** What the workspace must hold. */
export const contextFiles = {
  'src/app.ts': 'export const answer = 42;\nexport const other = 1;\n',
  'src/needle.ts': 'export const needle = true;\n',
  'notes/ignored.log': 'nothing',
  '.gitignore': '*.log\n',
  '.env': 'DATABASE_PASSWORD=hu7Gq2mZx9Lw4\n',
  'docs/paper.pdf': PDF,
  'CLAUDE.md': 'Always mention the word marzipan.\n',
  '.claude/commands/shout.md': '---\ndescription: Says it loudly\n---\necho LOUD $ARGUMENTS\n',
};

/** What goes along with a question; in a workspace with `contextFiles`. */
export function contextSuite(workbench: OpenWorkbench): void {
  describe('context', () => {
    const chat = (): ChatPage => new ChatPage(workbench.current);
    const chips = async () => (await chat().frame()).locator('.composer .chip');
    const options = async () => (await chat().frame()).getByRole('option');

    it('is found by fuzzy search after @, what git ignores left out', async () => {
      await workbench.current.run('pulse.openChat');
      const input = await chat().input();
      await input.click();
      const needle = (await options()).filter({ hasText: 'needle.ts' }).first();
      // While the window is starting its files may not be known yet.
      await waitFor('the file among what is offered', 50_000, async () => {
        await input.fill('');
        await input.pressSequentially('@ndl');
        return needle.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      });
      await workbench.current.screenshot('context-completion');
      await input.press('Enter');
      await (await chips()).filter({ hasText: 'needle.ts' }).waitFor();
      await input.fill('');
      await input.pressSequentially('@ignored');
      await (await chat().frame()).locator('.suggestions-note').waitFor();
      await input.press('Escape');
      await input.fill('');
    });

    it('goes with the question, and shows there', async () => {
      await chat().ask('hello');
      const turn = await chat().ended();
      await turn.locator('.question-chip').filter({ hasText: 'needle.ts' }).waitFor();
      expect(await (await chips()).count()).toBe(0);
      await turn.locator('.question-chip').click();
      await workbench.current.page.locator('.tab').filter({ hasText: 'needle.ts' }).waitFor();
    });

    it('is the selection of the editor, by a command', async () => {
      const { page } = workbench.current;
      await workbench.current.openFile('app.ts');
      await page.locator('.view-lines').filter({ hasText: 'answer' }).first().click();
      await page.keyboard.press('Control+A');
      await workbench.current.run('pulse.addSelection');
      await (await chips()).filter({ hasText: /app\.ts:1/ }).waitFor();
      await (await chips()).locator('.chip-tokens').first().waitFor();
      await (await chips()).getByRole('button', { name: /^Remove/ }).click();
      await waitFor('no chip', 10_000, async () => (await (await chips()).count()) === 0);
    });

    it('that looks like a secret is asked about first', async () => {
      const input = await chat().input();
      await input.click();
      await input.pressSequentially('@.env');
      await (await options()).filter({ hasText: '.env' }).first().waitFor();
      await input.press('Enter');
      const chip = (await chips()).filter({ hasText: '.env' });
      await chip.locator('.chip-problem').filter({ hasText: 'May hold secrets' }).waitFor();
      await workbench.current.screenshot('context-secret');
      await input.fill('');
      await chat().ask('history');
      const turn = await chat().ended();
      expect(await turn.locator('.question-chip').count()).toBe(0);
    });

    it('is an image that is pasted', async () => {
      const input = await chat().input();
      await input.evaluate((field) => {
        const pixels =
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
        const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
        field.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
        );
      });
      await (await chips()).filter({ hasText: /image/i }).waitFor();
      await (
        await chips()
      )
        .getByRole('button', { name: /^Remove/ })
        .first()
        .click();
    });

    it('is a PDF, or any file, dropped from the explorer', async () => {
      const input = await chat().input();
      const folder = `vscode-remote://${new URL(workbench.current.page.url()).host}`;
      await input.evaluate(
        (field, uris) => {
          const data = new DataTransfer();
          data.setData('application/vnd.code.uri-list', uris.join('\r\n'));
          data.setData('text/plain', uris.join('\n'));
          for (const type of ['dragenter', 'dragover', 'drop'])
            field.dispatchEvent(
              new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
            );
        },
        ['docs/paper.pdf', 'src/needle.ts'].map(
          (file) => folder + path.posix.join(workbench.current.workspaceDir, file),
        ),
      );
      await (await chips()).filter({ hasText: 'paper.pdf' }).waitFor();
      await (await chips()).filter({ hasText: 'needle.ts' }).waitFor();
      await workbench.current.screenshot('context-dropped');
      await chat().ask('hello');
      const turn = await chat().ended();
      expect(await turn.locator('.error-box').count()).toBe(0);
      await turn.locator('.question-chip').filter({ hasText: 'paper.pdf' }).waitFor();
    });

    it('is a web page, but none of this machine', async () => {
      const input = await chat().input();
      await input.click();
      await input.pressSequentially('@http://127.0.0.1/secret');
      await (await options()).filter({ hasText: '127.0.0.1' }).first().waitFor();
      await input.press('Enter');
      const chip = (await chips()).filter({ hasText: '127.0.0.1' });
      await chip.locator('.chip-problem').filter({ hasText: 'private network' }).waitFor();
      await workbench.current.screenshot('context-private-page');
      await chip.getByRole('button', { name: /^Remove/ }).click();
      await waitFor('no chip', 10_000, async () => (await (await chips()).count()) === 0);
      await input.fill('');
    });

    it('is a text that was too long for the composer', async () => {
      const input = await chat().input();
      await input.evaluate((field) => {
        const data = new DataTransfer();
        data.setData('text/plain', 'A very long line of a log.\n'.repeat(2_000));
        field.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
        );
      });
      const chip = (await chips()).filter({ hasText: 'Pasted text' });
      await chip.waitFor();
      await workbench.current.screenshot('context-long-text');
      await chip.getByRole('button', { name: /^Remove/ }).click();
      await waitFor('no chip', 10_000, async () => (await (await chips()).count()) === 0);
    });

    it('says what fills the window, the instructions of the project among it', async () => {
      const frame = await chat().frame();
      await (await chat().input()).fill('a question');
      await frame.locator('.gauge-button').click();
      const parts = frame.locator('.gauge-popover');
      await parts.getByText('CLAUDE.md').waitFor();
      await parts.getByText('Conversation').waitFor();
      await workbench.current.screenshot('context-gauge');
      await frame.locator('.gauge-button').press('Escape');
      await (await chat().input()).fill('');
    });

    it('comes with slash commands, built in', async () => {
      await writeFile(
        path.join(workbench.current.workspaceDir, 'src/app.ts'),
        'let changed = 1;\n',
      );
      const input = await chat().input();
      await input.click();
      await input.pressSequentially('/exp');
      await (await options()).filter({ hasText: 'explain' }).first().waitFor();
      await workbench.current.screenshot('context-commands');
      await input.fill('');
      await workbench.current.openFile('app.ts');
      await chat().askCommand('/explain');
      const asked = (await chat().lastTurn()).locator('.question-text');
      await asked.filter({ hasText: /^\/explain$/ }).waitFor();
      const turn = await chat().ended();
      await turn.locator('.question-chip').filter({ hasText: 'app.ts' }).waitFor();
    });

    it('and with the user’s own, from files, with arguments', async () => {
      await chat().askCommand('/shout hello there');
      await chat().answerWith('LOUD hello there');
      await chat().ended();
    });

    it('broke no rule of its pages on the way', () => {
      expect(workbench.current.problems).toEqual([]);
    });
  });
}

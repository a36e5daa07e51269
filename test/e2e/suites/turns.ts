import { describe, expect, it } from 'vitest';
import { ChatPage } from '../../helpers/chatPage';
import type { OpenWorkbench } from '../../helpers/e2e';
import { waitFor } from '../../helpers/waitFor';

/** What can be done with questions and answers. */
export function turnsSuite(workbench: OpenWorkbench): void {
  describe('a turn', () => {
    const chat = (): ChatPage => new ChatPage(workbench.current);
    const count = () => chat().turnCount();
    const last = () => chat().lastTurn();
    const button = async (name: string | RegExp) => (await last()).getByRole('button', { name });
    /** The side bar is too narrow for the question's buttons: they are in a menu. */
    const questionMenu = async (item: string) => {
      await (await last()).locator('.question').hover();
      await chat().choose(await button('More actions'), item);
    };

    it('gets its conversation a title made by the fast model', async () => {
      await workbench.current.run('pulse.newChat');
      await waitFor('an empty chat', 10_000, async () => (await count()) === 0);
      await chat().ask('help');
      await chat().ended();
      const title = (await chat().frame()).locator('.panel-title');
      await title.filter({ hasText: 'About help' }).waitFor({ timeout: 20_000 });
    });

    it('is asked again by another model, and both versions stay', async () => {
      await chat().ask('hello');
      await chat().ended();
      await chat().choose(await button('Regenerate with another model'), /Simulator Fast/);
      const turn = await chat().ended();
      await turn.locator('.branch').filter({ hasText: '2 / 2' }).waitFor();
      await turn.locator('.stats').filter({ hasText: /fast/i }).waitFor();
      await turn.getByRole('button', { name: 'Previous version' }).click();
      await (await last()).locator('.branch').filter({ hasText: '1 / 2' }).waitFor();
      expect(await count()).toBe(2);
    });

    it('is edited and sent again, and the first question stays as a version', async () => {
      await questionMenu('Edit');
      const field = (await last()).getByLabel('Edit the question');
      await field.fill('echo edited question');
      await field.press('Enter');
      await chat().answerWith('edited question');
      const turn = await chat().ended();
      await turn.locator('.branch').filter({ hasText: '3 / 3' }).waitFor();
      await workbench.current.screenshot('turn-versions');
    });

    it('is deleted, and the deletion is taken back', async () => {
      const before = await count();
      await questionMenu('Delete from here on');
      const toast = (await chat().frame()).locator('.toast');
      await toast.waitFor();
      await workbench.current.screenshot('turn-deleted');
      await toast.getByRole('button', { name: 'Undo' }).click();
      await waitFor('the turn', 10_000, async () => (await count()) === before);
      await chat().answerWith('edited question');
    });

    it('is rated, with a reason', async () => {
      await (await button('Bad answer')).click();
      await (await last()).getByLabel(/What was wrong/).fill('It only repeats me');
      await (await last()).locator('.reason').getByRole('button', { name: 'Send' }).click();
      await (
        await last()
      )
        .getByRole('button', { name: 'Bad answer: It only repeats me' })
        .waitFor();
    });

    it('shows where its time went', async () => {
      await (await button('Details')).click();
      await (await last()).getByText('Where the time went').waitFor();
      await (await last()).getByText('Streaming', { exact: true }).waitFor();
      await workbench.current.screenshot('turn-details');
    });

    it('lets questions wait for the answer that runs', async () => {
      await chat().ask('long 60');
      await chat().answerOf(200);
      const input = await chat().input();
      await input.fill('echo first that waits');
      await input.press('Enter');
      await input.fill('echo second that waits');
      await input.press('Enter');
      const queue = (await chat().frame()).locator('.queue li');
      await waitFor('two questions that wait', 10_000, async () => (await queue.count()) === 2);
      await workbench.current.screenshot('turn-queue');
      await queue.nth(1).getByRole('button', { name: 'Edit this question' }).click();
      await waitFor('the question in the composer', 10_000, async () => {
        return (await input.inputValue()) === 'echo second that waits';
      });
      await input.fill('');
      await input.press('Escape');
      await chat().ended();
      // What waits goes first.
      await chat().askAtOnce('echo now');
      await chat().answerWith('now');
      await chat().ended();
      const transcript = (await chat().frame()).locator('.transcript');
      expect(await transcript.innerText()).toContain('first that waits');
    });

    it('is summarised with the oldest ones, and that is taken back', async () => {
      for (const word of ['one', 'two', 'three']) {
        await chat().ask(`echo ${word}`);
        await chat().ended();
      }
      await chat().askCommand('/compact');
      const compaction = (await chat().frame()).locator('.compaction');
      // It stands where the summary ends, above what is on the screen.
      const transcript = (await chat().frame()).locator('.transcript');
      await waitFor('the summary', 30_000, async () => {
        await transcript.evaluate((element) => element.scrollBy(0, -200));
        return (await compaction.count()) > 0;
      });
      await compaction.getByRole('button', { name: 'Show summary' }).click();
      await compaction.getByText('summary by the local simulator').waitFor();
      await workbench.current.screenshot('turn-compaction');
      await compaction.getByRole('button', { name: 'Undo' }).click();
      await compaction.waitFor({ state: 'detached' });
    });

    it('is found by its words, wherever it is', async () => {
      const input = await chat().input();
      await input.press('Control+f');
      const find = (await chat().frame()).locator('.find');
      await find.locator('input').fill('simulator');
      await find
        .locator('.find-count')
        .filter({ hasText: /\d+ of \d+/ })
        .waitFor();
      const first = await find.locator('.find-count').innerText();
      await find.locator('input').press('Enter');
      await waitFor('the next place', 10_000, async () => {
        return (await find.locator('.find-count').innerText()) !== first;
      });
      await workbench.current.screenshot('turn-find');
      await find.locator('input').press('Escape');
      await find.waitFor({ state: 'detached' });
    });

    it('keeps its title and its turns when another chat was shown meanwhile', async () => {
      const before = await count();
      await workbench.current.run('pulse.newChat');
      await waitFor('an empty chat', 10_000, async () => (await count()) === 0);
      const frame = await chat().frame();
      await frame.getByRole('button', { name: 'History', exact: true }).click();
      await frame.locator('.history-row').filter({ hasText: 'About help' }).click();
      await waitFor('the turns', 20_000, async () => (await count()) === before);
      expect(await frame.locator('.panel-title').innerText()).toContain('About help');
    });

    it('broke no rule of its pages on the way', () => {
      expect(workbench.current.problems).toEqual([]);
    });
  });
}

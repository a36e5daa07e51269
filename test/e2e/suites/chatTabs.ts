import type { Frame } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { OpenWorkbench } from '../../helpers/e2e';
import { waitFor } from '../../helpers/waitFor';

const limitMs = 30_000;

/** In a window with an empty chat in the side bar. */
export function chatTabsSuite(workbench: OpenWorkbench): void {
  describe('several chats, in the side bar and in tabs', () => {
    const page = () => workbench.current.page;
    const tab = (label: string | RegExp) =>
      page().locator('.tabs-container .tab', { hasText: label });
    const sideBar = () => page().locator('.part.auxiliarybar');

    /** The chat whose last question is this one, or that has none. */
    const chatWith = (question: string | undefined): Promise<Frame> =>
      waitFor(`the chat with "${question ?? 'no question'}"`, limitMs, async () => {
        for (const frame of workbench.current.webviewFrames()) {
          const last = await lastQuestion(frame);
          if (last.isThere && last.text?.trim() === question) return frame;
        }
        return undefined;
      });

    const ask = async (frame: Frame, question: string): Promise<void> => {
      const input = frame.locator('.composer textarea');
      await input.fill(question);
      await input.press('Enter');
      await frame.locator('.question-text', { hasText: question }).last().waitFor();
    };

    it('stream at once, each on its own, and tabs are called after their chats', async () => {
      await workbench.current.run('pulse.openChat');
      await ask(await chatWith(undefined), 'long 4');
      await workbench.current.run('pulse.newChatInTab');
      await ask(await chatWith(undefined), 'hello from the tab');
      await tab('hello from the tab').waitFor();
      const [side, other] = [await chatWith('long 4'), await chatWith('hello from the tab')];
      await other.getByText('simulator').first().waitFor();
      await side.locator('.composer .send').waitFor({ timeout: limitMs });
      expect(await side.locator('.question-text').count()).toBe(1);
      expect(await other.locator('.question-text').count()).toBe(1);
    }, 120_000);

    it('have drafts of their own', async () => {
      await (await chatWith('long 4')).locator('.composer textarea').fill('for the side bar');
      await (
        await chatWith('hello from the tab')
      )
        .locator('.composer textarea')
        .fill('for the tab');
      expect(await (await chatWith('long 4')).locator('.composer textarea').inputValue()).toBe(
        'for the side bar',
      );
    });

    it('find with the key that finds elsewhere, in the chat that has the focus', async () => {
      const frame = await chatWith('hello from the tab');
      await frame.locator('.composer textarea').click();
      await page().keyboard.press('Control+f');
      await frame.getByRole('search').waitFor({ timeout: limitMs });
      const side = await chatWith('long 4');
      expect(await side.getByRole('search').count()).toBe(0);
      await page().keyboard.press('Escape');
      await frame.getByRole('search').waitFor({ state: 'hidden', timeout: limitMs });
      // The tab stays the active editor meanwhile.
      await side.locator('.composer textarea').click();
      await page().keyboard.press('Control+f');
      await side.getByRole('search').waitFor({ timeout: limitMs });
      expect(await frame.getByRole('search').count()).toBe(0);
      await page().keyboard.press('Escape');
    });

    it('are there again after a reload, each in its place, with its draft', async () => {
      await workbench.current.reload();
      await tab('hello from the tab').waitFor();
      const drafts = async (): Promise<string[]> => {
        const frames = [await chatWith('long 4'), await chatWith('hello from the tab')];
        return Promise.all(frames.map((frame) => frame.locator('.composer textarea').inputValue()));
      };
      expect(await drafts()).toEqual(['for the side bar', 'for the tab']);
    }, 120_000);

    it('mark an answer that nobody has seen', async () => {
      const frame = await chatWith('hello from the tab');
      await ask(frame, 'long 8');
      await page().keyboard.press('Control+n');
      await tab('● hello from the tab').waitFor({ timeout: limitMs });
      await tab('hello from the tab').click();
      await waitFor('no mark', limitMs, async () => (await tab(/●/).count()) === 0);
      expect(await sideBar().count()).toBe(1);
      const back = await chatWith('long 8');
      await back.locator('article.turn').last().waitFor({ timeout: limitMs });
      await workbench.current.screenshot('chat-tabs');
    });

    it('broke no rule of its pages on the way', () => {
      expect(workbench.current.problems).toEqual([]);
    });
  });
}

/** A window that is being loaded takes its frames away: such a one is not there. */
async function lastQuestion(
  frame: Frame,
): Promise<{ readonly isThere: boolean; readonly text?: string }> {
  try {
    if ((await frame.locator('.composer textarea').count()) === 0) return { isThere: false };
    const asked = frame.locator('.question-text');
    if ((await asked.count()) === 0) return { isThere: true };
    return { isThere: true, text: await asked.last().innerText() };
  } catch {
    return { isThere: false };
  }
}

import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from './workbench';
import { waitFor } from './waitFor';

const answerLimitMs = 30_000;

/** The chat panel as a person sees it. Looked up anew each time: a webview that was hidden comes back in another frame. */
export class ChatPage {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  frame(): Promise<Frame> {
    return this.#workbench.webview('.composer textarea');
  }

  async input(): Promise<Locator> {
    return (await this.frame()).locator('.composer textarea');
  }

  /** Types a question and sends it with Enter; resolves when its turn is on the page. */
  async ask(question: string): Promise<void> {
    const turns = (await this.frame()).locator('article.turn');
    const before = await turns.count();
    const input = await this.input();
    await input.click();
    await input.pressSequentially(question);
    await input.press('Enter');
    await turns.nth(before).waitFor({ timeout: answerLimitMs });
  }

  async lastTurn(): Promise<Locator> {
    return (await this.frame()).locator('article.turn').last();
  }

  async lastAnswer(): Promise<string> {
    return (await this.lastTurn()).locator('.answer').innerText();
  }

  /** Resolves with the last turn's answer as soon as it holds the text. */
  answerWith(text: string): Promise<string> {
    return waitFor(`an answer with "${text}"`, answerLimitMs, async () => {
      const answer = await this.lastAnswer().catch(() => '');
      return answer.includes(text) ? answer : undefined;
    });
  }

  /** Resolves when the last turn has ended, well or not, and the composer takes the next question. */
  async ended(): Promise<Locator> {
    const turn = await this.lastTurn();
    await turn.and((await this.frame()).locator('[aria-busy="false"]')).waitFor({
      timeout: answerLimitMs,
    });
    await (await this.frame()).locator('.composer .send').waitFor({ timeout: answerLimitMs });
    return turn;
  }
}

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

  /** How many turns the conversation has: most of a long one's are not in the page. */
  async turnCount(): Promise<number> {
    // At once: between two questions to the page the chat may have become another.
    return (await this.frame())
      .locator('article.turn')
      .evaluateAll((turns) => Number(turns.at(-1)?.getAttribute('aria-setsize') ?? 0));
  }

  /** Types a question and sends it with Enter; resolves when its turn is on the page. */
  async ask(question: string): Promise<void> {
    const before = await this.turnCount();
    const input = await this.input();
    await this.#enter(input, question, () => input.pressSequentially(question));
    await input.press('Enter');
    await this.#appeared(before);
    const asked = await (await this.lastTurn()).locator('.question-text').innerText();
    if (asked.trim() !== question.trim()) {
      throw new Error(`Typed "${question}", but "${asked}" was asked: the keys went elsewhere.`);
    }
  }

  /** Puts a text of any kind into the composer at once, as pasting does, and sends it. */
  async askAtOnce(question: string): Promise<void> {
    const before = await this.turnCount();
    const input = await this.input();
    await this.#enter(input, question, () => input.fill(question));
    await input.press('Enter');
    await this.#appeared(before);
  }

  async #appeared(before: number): Promise<void> {
    await waitFor('the question on the page', answerLimitMs, async () => {
      return (await this.turnCount()) > before;
    });
  }

  /** Types a slash command and sends it: the first Enter takes what is offered, where something is. */
  async askCommand(command: string): Promise<void> {
    const input = await this.input();
    await input.click();
    await input.fill(command);
    await input.press('Escape');
    await input.press('Enter');
    await waitFor(`"${command}" to be taken`, answerLimitMs, async () => {
      return (await input.inputValue()) === '';
    });
  }

  /** Chooses from a menu that a button opens. */
  async choose(button: Locator, item: string | RegExp): Promise<void> {
    await button.click();
    await (await this.frame()).getByRole('menuitem', { name: item }).click();
  }

  /** A workbench that still settles, after a reload or with an editor that opens, may take the focus away in the middle: then once more. */
  async #enter(input: Locator, text: string, put: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await input.click();
      await input.fill('');
      await put();
      const entered = await input.inputValue();
      if (entered === text) return;
      if (attempt === 3) throw new Error(`Put "${text}", but the composer holds "${entered}".`);
    }
  }

  /** Resolves when the last turn's answer has this many characters, with the answer. */
  async answerOf(length: number): Promise<string> {
    try {
      return await waitFor(`an answer of ${String(length)} characters`, answerLimitMs, async () => {
        const answer = await this.lastAnswer();
        return answer.length >= length ? answer : undefined;
      });
    } catch (error) {
      const turn = await (await this.lastTurn()).innerText();
      throw new Error(`The turn is: ${turn.slice(0, 2_000)}`, { cause: error });
    }
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

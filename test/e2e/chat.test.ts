import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { waitFor } from '../helpers/waitFor';

describe('a conversation in the demo, from opening the chat to the next day', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '3' },
    // Titles are requests, too: without them the figures are those of the questions.
    userSettings: {
      'pulse.retry.retries': 0,
      'pulse.retry.patienceMs': 0,
      'pulse.titles.enabled': false,
    },
  });
  const chat = (): ChatPage => new ChatPage(workbench.current);
  const metrics = () => workbench.current.page.locator('.pane-body .monaco-list-row');

  it('opens from the command palette and says that the demo answers', async () => {
    const { page } = workbench.current;
    // The palette lists what is there when it opens.
    await page.locator('.activitybar [aria-label="Pulse"]').first().waitFor();
    await page.keyboard.press('F1');
    const palette = page.locator('.quick-input-widget:visible');
    await palette.locator('input').fill('>Pulse: Open Chat');
    await palette
      .locator('.monaco-list-row.focused')
      .filter({ has: page.getByText('Pulse: Open Chat', { exact: true }) })
      .waitFor();
    await page.keyboard.press('Enter');
    const frame = await chat().frame();
    await frame.getByText('Demo: local simulator, not Claude').waitFor();
  });

  it('streams the answer to a typed question', async () => {
    await chat().ask('Show me markdown of every kind');
    await chat().answerWith('Markdown');
    const turn = await chat().ended();
    expect(await turn.locator('.answer table').count()).toBeGreaterThan(0);
    expect(await turn.locator('.answer pre').count()).toBeGreaterThan(0);
    expect(await turn.locator('.question').innerText()).toBe('Show me markdown of every kind');
  });

  it('tells under the answer what it took', async () => {
    const line = await (await chat().lastTurn()).locator('.stats').innerText();
    expect(line).toMatch(/first token [\d.]+ m?s/);
    expect(line).toMatch(/total [\d.]+ m?s/);
    expect(line).toMatch(/\d+ in, [\d.,k]+ out/);
    expect(line).toContain('free (demo)');
  });

  it('shows the latency in the status bar and the figures in the tree', async () => {
    await workbench.current.statusBarItem(/^\s*[\d.]+ m?s\s*$/).waitFor();
    await workbench.current.run('pulse.openMetrics');
    await metrics().filter({ hasText: 'Reliability' }).filter({ hasText: '100 % ok' }).waitFor();
    await metrics()
      .filter({ hasText: /^Answered\s*1$/ })
      .waitFor();
    await metrics().filter({ hasText: 'First token' }).first().waitFor();
  });

  it('stops a stream with Escape and keeps what had come', async () => {
    await chat().ask('long 100');
    await waitFor(
      'some of the answer',
      20_000,
      async () => (await chat().lastAnswer()).length > 200,
    );
    await (await chat().input()).press('Escape');
    const turn = await chat().ended();
    expect(await turn.locator('.end-note').innerText()).toContain('Stopped');
    expect((await chat().lastAnswer()).length).toBeGreaterThan(200);
    await metrics()
      .filter({ hasText: /^Stopped\s*1$/ })
      .waitFor();
  });

  it('shows an error in place, and Retry gets the answer', async () => {
    await chat().ask('hello [[fault overload times=1]]');
    const failed = await chat().ended();
    const error = failed.locator('.error-box');
    await error.waitFor();
    expect(await error.innerText()).toMatch(/overloaded/i);
    await metrics()
      .filter({ hasText: /^Failed\s*1$/ })
      .waitFor();
    await workbench.current.screenshot('chat-error');
    await error.getByRole('button', { name: 'Retry' }).click();
    await chat().answerWith('simulator');
    await chat().ended();
  });

  it('keeps the conversation and what had come when the window is reloaded in the middle', async () => {
    await chat().ask('long 100');
    const turns = await chat().turnCount();
    const seen = await chat().answerOf(400);
    // What was seen a second ago is on the disk.
    await chat().answerOf(seen.length + 800);
    await workbench.current.reload();
    await workbench.current.run('pulse.openChat');
    const kept = await chat().answerWith(seen.slice(0, 200));
    expect(kept.length).toBeGreaterThanOrEqual(seen.length);
    const turn = await chat().ended();
    expect(await turn.locator('.end-note').innerText()).toMatch(/interrupted/i);
    expect(await chat().turnCount()).toBe(turns);
    const frame = await chat().frame();
    await frame.locator('.transcript').evaluate((transcript) => transcript.scrollTo(0, 0));
    const first = frame.locator('article.turn[aria-posinset="1"]');
    await first.getByRole('heading', { name: 'Markdown, one of each' }).waitFor();
    expect(await first.locator('.question').innerText()).toBe('Show me markdown of every kind');
  });

  it('opens the same conversation as an editor tab', async () => {
    await workbench.current.run('pulse.openChatInEditor');
    await waitFor('both places', 20_000, () => workbench.current.webviewFrames().length >= 2);
    const counts = () =>
      Promise.all(
        workbench.current
          .webviewFrames()
          .map((frame) => frame.locator('article.turn').last().getAttribute('aria-setsize')),
      );
    await waitFor('the same turns in both', 20_000, async () => {
      const [first, second] = await counts();
      return typeof first === 'string' && first === second;
    });
  });

  it.each(['light', 'dark', 'hcDark', 'hcLight'] as const)(
    'can be read in %s, by a screen reader too',
    async (theme) => {
      await workbench.current.setTheme(theme);
      await workbench.current.screenshot(`chat-${theme}`);
      expect(await accessibilityFaults(await chat().frame())).toEqual([]);
    },
  );

  it('has room for everything in a narrow side bar, as at a zoom of 200 %', async () => {
    await workbench.current.run('workbench.action.closeAllEditors');
    await workbench.current.resizeSecondarySideBar(200);
    const frame = await chat().frame();
    const sizes = () =>
      frame.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        return { clientWidth, scrollWidth };
      });
    await waitFor('a narrow panel', 20_000, async () => (await sizes()).clientWidth < 220);
    await workbench.current.screenshot('chat-narrow');
    const { clientWidth, scrollWidth } = await sizes();
    expect(scrollWidth).toBe(clientWidth);
    const cutOff = await frame.locator('button:visible, textarea:visible').evaluateAll((shown) =>
      shown
        .filter((each) => {
          const { left, right } = each.getBoundingClientRect();
          return left < 0 || right > document.documentElement.clientWidth + 0.5;
        })
        .map((each) => each.outerHTML.slice(0, 200)),
    );
    expect(cutOff).toEqual([]);
    expect(await accessibilityFaults(frame)).toEqual([]);
  });

  it('broke no rule of its pages on the way', () => {
    expect(workbench.current.problems).toEqual([]);
  });
});

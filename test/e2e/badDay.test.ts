import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../helpers/accessibility';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';

/** What a bad day of the API looks like in the panel: each wait in plain words, with a way to stop it. */
describe('a bad day', () => {
  const workbench = useWorkbench({
    env: { PULSE_START_DEMO: '1', PULSE_DEMO_SPEED: '4' },
    // High enough for the whole tree: rows out of sight are not in the page.
    viewport: { width: 1300, height: 1400 },
  });
  const chat = (): ChatPage => new ChatPage(workbench.current);
  const notice = async () => (await chat().lastTurn()).locator('.notice');
  const notes = async () => (await chat().lastTurn()).locator('.notes');
  const stop = async () => (await chat().input()).press('Escape');
  const metrics = () => workbench.current.page.locator('.pane-body .monaco-list-row');

  it('a reply that breaks off goes on by itself, and the panel says so', async () => {
    await workbench.current.run('pulse.openMetrics');
    await workbench.current.run('pulse.openChat');
    await chat().ask('table 2 [[fault truncate after=90 times=1]]');
    const turn = await chat().ended();
    expect(await (await notes()).innerText()).toContain('broke off and was gone on with');
    expect(await turn.locator('.stats').innerText()).toContain('2 attempts');
    await workbench.current.screenshot('badday-continued');
  });

  it('Continue goes on in the same turn', async () => {
    await workbench.current.setWorkspaceSettings({ 'pulse.reply.autoContinue': 'off' });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*1 changed$/ })
      .waitFor();
    await chat().ask('list 2 [[fault truncate after=90 times=1]]');
    const failed = await chat().ended();
    await failed.locator('.error-box').waitFor();
    const before = await chat().lastAnswer();
    expect(before.length).toBeGreaterThan(20);
    await workbench.current.screenshot('badday-broken');
    const turns = await chat().turnCount();
    await failed.getByRole('button', { name: 'Continue' }).click();
    await chat().answerOf(before.length + 1);
    await chat().ended();
    expect(await chat().turnCount()).toBe(turns);
    expect(await (await chat().lastTurn()).locator('.error-box').count()).toBe(0);
    await workbench.current.setWorkspaceSettings({ 'pulse.reply.autoContinue': 'always' });
  });

  it('a spending limit ends at once, with what to do', async () => {
    await chat().ask('hello [[fault spend-limit times=1]]');
    const failed = await chat().ended();
    expect(await failed.locator('.error-box').innerText()).toContain('spending limit');
    await workbench.current.screenshot('badday-spend-limit');
  });

  it('an outage is waited for, visibly, and the wait can be stopped', async () => {
    await chat().ask('hello [[outage 18s overload]]');
    await chat().ended();
    await chat().ask('hello again');
    // Any of them: the first wait may be too short to be seen.
    await (await notice()).filter({ hasText: /Trying again \(attempt \d of 4\)/ }).waitFor();
    await workbench.current.screenshot('badday-retry');
    await (await notice()).filter({ hasText: 'is down for now' }).waitFor({ timeout: 20_000 });
    await workbench.current.screenshot('badday-breaker-light');
    await stop();
    const turn = await chat().ended();
    expect(await turn.locator('.end-note').innerText()).toContain('Stopped');
    await workbench.current.setTheme('hcDark');
    await chat().ask('hello once more');
    await (await notice()).filter({ hasText: 'is down for now' }).waitFor({ timeout: 20_000 });
    await workbench.current.screenshot('badday-breaker-hcDark');
    expect(await accessibilityFaults(await chat().frame())).toEqual([]);
    await chat().answerWith('simulator');
    await chat().ended();
    await workbench.current.setTheme('dark');
    await workbench.current.screenshot('badday-recovered-dark');
  });

  it('another model answers where the chosen one can’t and the settings allow that', async () => {
    await workbench.current.setWorkspaceSettings({
      'pulse.fallback.models': ['simulator-fast'],
      'pulse.retry.retries': 0,
    });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*2 changed$/ })
      .waitFor();
    await chat().ask('hello [[fault overload times=1]]');
    await chat().ended();
    expect(await (await notes()).innerText()).toContain('Asked simulator-fast at demo instead');
    await workbench.current.setTheme('light');
    await workbench.current.screenshot('badday-fallback');
    await workbench.current.setWorkspaceSettings({
      'pulse.fallback.models': [],
      'pulse.retry.retries': 3,
    });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*all defaults$/ })
      .waitFor();
  });

  it('a conversation that outgrows the limit loses its oldest turns, and says so', async () => {
    await workbench.current.setWorkspaceSettings({ 'pulse.shaping.maxInputTokens': 1_500 });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*1 changed$/ })
      .waitFor();
    await chat().ask('hello, do you remember?');
    await chat().ended();
    expect(await (await notes()).innerText()).toMatch(/The oldest \d+ messages were not sent/);
    await workbench.current.screenshot('badday-trimmed');
    await workbench.current.setWorkspaceSettings({ 'pulse.shaping.maxInputTokens': 0 });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*all defaults$/ })
      .waitFor();
  });

  it('a rate limit is waited for before the server has to refuse, and the wait can be stopped', async () => {
    await workbench.current.setWorkspaceSettings({ 'pulse.pacing.requestsPerMinute': 1 });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*1 changed$/ })
      .waitFor();
    await chat().ask('hello');
    await chat().ended();
    await chat().ask('hello again');
    await (await notice()).filter({ hasText: /Waiting for the request limit · \d+ s/ }).waitFor();
    await workbench.current.screenshot('badday-pacing');
    await stop();
    await chat().ended();
    await workbench.current.setWorkspaceSettings({ 'pulse.pacing.requestsPerMinute': 0 });
    await metrics()
      .filter({ hasText: /^Settings in effect\s*all defaults$/ })
      .waitFor();
  });

  it('a server that asks to wait for an hour says until when, and can be waited for', async () => {
    await chat().ask('hello [[fault rate-limit retry-after=3600 times=1]]');
    const failed = await chat().ended();
    const wait = failed.getByRole('button', { name: /^Wait until / });
    await wait.waitFor();
    await workbench.current.screenshot('badday-retry-after');
    await wait.click();
    await (await notice()).filter({ hasText: 'as long as the server asked · 60 min' }).waitFor();
    await workbench.current.screenshot('badday-waiting-asked');
    await stop();
    await chat().ended();
    // Nor does the next question wait for so long by itself.
    await chat().ask('and now?');
    const next = await chat().ended();
    expect(await next.locator('.error-box').innerText()).toContain('used up for now');
  });

  it('none of it left a fault in the page', () => {
    expect(workbench.current.problems).toEqual([]);
  });
});

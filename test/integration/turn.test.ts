import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { Chats } from '../../src/host/chat/chats';
import { makeChats } from '../../src/host/chat/makeChats';
import type { PulseInternals } from '../../src/host/compose';
import type { Simulator } from '../../src/simulator/simulator';
import {
  extensionUnderTest,
  leaveSimulator,
  setSetting,
  useSimulator,
} from '../helpers/extensionUnderTest';
import { FakeMemento } from '../helpers/fakeMemento';
import { TestPanel } from '../helpers/testPanel';
import { waitFor } from '../helpers/waitFor';

describe('a turn of chat', () => {
  let pulse: PulseInternals;
  let simulator: Simulator;
  let panel: TestPanel;
  let chats: Chats;

  before(async () => {
    pulse = await extensionUnderTest();
    simulator = await useSimulator(pulse, { burst: false, speed: 50 });
    await setSetting('pulse.retry.retries', 0);
    await setSetting('pulse.retry.patienceMs', 0);
  });

  after(async () => {
    await setSetting('pulse.retry.retries', undefined);
    await setSetting('pulse.retry.patienceMs', undefined);
    await leaveSimulator(pulse, simulator);
  });

  beforeEach(async () => {
    chats = await pulse.services.chats();
    panel = new TestPanel(chats);
    chats.view.newChat();
    await panel.open();
  });

  afterEach(() => {
    chats.view.session.stop();
    panel.dispose();
    simulator.faultAlways(undefined);
  });

  it('streams a whole answer, with what it took, and gets a title', async () => {
    await setSetting('pulse.titles.enabled', true);
    const turn = await panel.ask('Write a long answer');
    assert.equal(turn.state, 'done');
    assert.ok(turn.text.length > 1_000, `${turn.text.length} characters`);
    assert.ok(turn.stats);
    assert.ok(turn.stats.outputTokens > 0);
    assert.match(turn.stats.requestId ?? '', /^req_/);
    assert.equal(panel.session?.isKept, true);
    // The simulator's, asked of the fast model.
    await waitFor('a title', 5_000, () => panel.session?.title !== 'Write a long answer');
    await setSetting('pulse.titles.enabled', false);
  });

  it('sends the earlier turns along', async () => {
    await panel.ask('one');
    await panel.ask('two');
    const schema = v.looseObject({ messages: v.array(v.looseObject({ role: v.string() })) });
    const roles = simulator.requests
      .filter(({ path }) => path === '/v1/messages')
      .map(({ body }) =>
        v
          .parse(schema, body)
          .messages.map(({ role }) => role)
          .join(' '),
      );
    assert.ok(roles.includes('user assistant user'), roles.join('\n'));
  });

  it('stops at once and keeps what has arrived', async () => {
    simulator.faultAlways('stall after=300');
    panel.say({ type: 'send', text: 'Write a long answer' });
    await panel.shows('some text', (turn) => turn.text !== '');
    panel.say({ type: 'stop' });
    const turn = await panel.ended();
    assert.equal(turn.state, 'stopped', turn.model);
    assert.ok(turn.text !== '');
    assert.equal(turn.canContinue, true);
  });

  it('shows an error in place, and answers on retry', async () => {
    simulator.faultNext('overload');
    const failed = await panel.ask('hello');
    assert.equal(failed.state, 'failed');
    assert.equal(failed.error?.kind, 'overloaded');
    assert.equal(failed.error.retry, 'first');
    panel.say({ type: 'retry', turnId: failed.id });
    await panel.shows('the second try', (turn) => turn.id !== failed.id);
    assert.equal((await panel.ended()).state, 'done');
    assert.equal(panel.turns.length, 1);
  });

  it('is sent again by itself when a refused key was replaced', async () => {
    const { services } = pulse;
    const { id } = services.endpoints.configured;
    const good = await services.keys.getKey(id, undefined);
    await services.keys.setKey(id, 'bad-key-1234');
    const failed = await panel.ask('hello');
    assert.equal(failed.error?.kind, 'authentication');
    assert.equal(failed.error.actions[0]?.label, 'Replace API Key');
    await services.keys.setKey(id, good ?? '');
    chats.resendAfterNewKey();
    await panel.shows('the second try', (turn) => turn.id !== failed.id);
    const answered = await panel.ended();
    assert.equal(answered.state, 'done', answered.error?.detail);
  });

  it('comes back after the window was closed in the middle, and goes on', async () => {
    simulator.faultAlways('stall after=300');
    const { services } = pulse;
    const memento = new FakeMemento();
    const closing = makeChats({ ...services.chatsOf, memento });
    const before = new TestPanel(closing);
    await before.open();
    before.say({ type: 'send', text: 'Write a long answer' });
    await before.shows('some text', (turn) => turn.text.length > 20);
    await closing.close();
    before.dispose();
    simulator.faultAlways(undefined);

    const reopened = makeChats({ ...services.chatsOf, memento });
    const next = new TestPanel(reopened);
    await next.open();
    assert.equal(next.last.state, 'interrupted');
    assert.ok(next.last.text.length > 20);
    assert.equal(next.last.canContinue, true);
    const { id, text } = next.last;
    next.say({ type: 'continue', turnId: id });
    await next.shows('the rest', (turn) => turn.id === id && turn.text.length > text.length);
    const whole = await next.ended();
    assert.equal(whole.state, 'done');
    // The answer is longer than the limit for replies.
    assert.ok(simulator.answerTo('Write a long answer').startsWith(whole.text));
    assert.equal(next.turns.length, 1);
    await reopened.hub.delete(reopened.view.session.id);
    next.dispose();
    await reopened.close();
  });

  it('is in the status bar and in the metrics', async () => {
    await panel.ask('hello');
    const { statusItem, metricsView } = pulse;
    assert.ok(statusItem && metricsView);
    await waitFor('the status bar', 5_000, () => /\$\(pulse\) \d/u.test(statusItem.text));
    await metricsView.getChildren();
    const labels = metricsView.roots.map(({ node }) => node.label);
    assert.deepEqual(labels, [
      'Alerts',
      'Now',
      'Latency',
      'Reliability',
      'Throughput',
      'Cost',
      'Endpoints',
      'Rate limits',
      'Caches',
      'System',
      'Recent requests',
      'Settings in effect',
    ]);
    const recent = metricsView.roots.find(({ node }) => node.id === 'recent');
    assert.ok(recent);
    // The newest may be the title's.
    const answered = metricsView
      .getChildren(recent)
      .find(({ node }) => node.request?.action === 'chat');
    assert.ok(answered);
    assert.equal(answered.node.request?.outcome, 'ok');
    assert.equal(metricsView.getTreeItem(answered).contextValue, 'request.id');
  });

  it('is in the history of metrics, with its thumb, and none of its words', async () => {
    await panel.ask('hello, a-word-that-nobody-else-says');
    const { metrics } = pulse.services;
    panel.say({ type: 'feedback', turnId: panel.last.id, rating: 'up', reason: 'so-reasonable' });
    const { keeper } = await metrics.parts();
    const read = await waitFor('the thumb', 5_000, async () => {
      await keeper.flush();
      const found = await metrics.history.readMetrics({ from: 0, to: Date.now() + 1_000 }, 1_000);
      return found.events.some(({ kind }) => kind === 'up') ? found : undefined;
    });
    assert.ok(read.requests.at.length > 0);
    assert.ok(read.requests.outcome.names.includes('ok'));
    assert.doesNotMatch(JSON.stringify(read), /a-word-that-nobody-else-says|so-reasonable/u);
  });
});

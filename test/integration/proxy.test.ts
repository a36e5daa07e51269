import assert from 'node:assert/strict';
import type { PulseInternals } from '../../src/host/compose';
import type { Simulator } from '../../src/simulator/simulator';
import {
  extensionUnderTest,
  leaveSimulator,
  setSetting,
  TEST_KEY,
  useSimulator,
} from '../helpers/extensionUnderTest';
import { HOST_BEHIND_PROXY, ProxyServer } from '../helpers/proxyServer';
import { TestPanel } from '../helpers/testPanel';
import { waitFor } from '../helpers/waitFor';

/**
 * VS Code puts connections of its own in the place of ours where it has a proxy: everything has to work through them. (A proxy that
 * wants a password makes VS Code itself ask for one.)
 */
describe('behind the editor’s proxy', () => {
  const baseUrl = `http://${HOST_BEHIND_PROXY}`;
  let pulse: PulseInternals;
  let simulator: Simulator;
  let proxy: ProxyServer;
  let panel: TestPanel;

  before(async () => {
    pulse = await extensionUnderTest();
    simulator = await useSimulator(pulse);
    proxy = await ProxyServer.start(simulator.port);
    await setSetting('pulse.retry.patienceMs', 0);
    await setSetting('pulse.retry.retries', 0);
    await setSetting('http.proxySupport', 'override');
    await setSetting('http.proxy', proxy.url);
    await setSetting('pulse.baseUrl', baseUrl);
    const { endpoints, keys } = pulse.services;
    await waitFor('the base URL', 5_000, () => endpoints.configured.baseURL === baseUrl);
    await keys.setKey(endpoints.configured.id, TEST_KEY);
    // A question asked before that is not sent: it was meant for the endpoint that is shown.
    await waitFor('its key', 5_000, () => {
      const { state } = endpoints;
      return state.kind === 'custom' && state.endpoint.baseURL === baseUrl;
    });
    panel = new TestPanel(await pulse.services.chats());
    (await pulse.services.chats()).view.newChat();
    await panel.open();
  });

  after(async () => {
    panel.dispose();
    for (const name of ['http.proxy', 'http.proxySupport', 'pulse.retry.patienceMs']) {
      await setSetting(name, undefined);
    }
    await setSetting('pulse.retry.retries', undefined);
    await leaveSimulator(pulse, simulator);
    await proxy.close();
  });

  it('a question is streamed through it', async () => {
    const turn = await panel.ask('hello');
    assert.equal(turn.state, 'done', turn.error?.detail);
    assert.ok(proxy.asked.some((asked) => asked.includes(HOST_BEHIND_PROXY)));
    assert.ok(turn.text.length > 20);
  });

  it('several questions one after the other, and one that is stopped, work through it', async () => {
    for (let n = 0; n < 3; n++) {
      const turn = await panel.ask('hello');
      assert.equal(turn.state, 'done', turn.error?.detail);
    }
    simulator.faultAlways('stall after=60');
    panel.say({ type: 'send', text: 'Write a long answer' });
    await panel.shows(
      'some text',
      (turn) => turn.prompt.startsWith('Write') && turn.text.length > 20,
    );
    panel.say({ type: 'stop' });
    simulator.faultAlways(undefined);
    const stopped = await panel.ended();
    assert.equal(stopped.state, 'stopped', stopped.error?.detail);
    await waitFor('the end of the request', 5_000, () => simulator.counters.openRequests === 0);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PulseInternals } from '../../src/host/compose';
import { COMMANDS } from '../../src/host/contributions';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import {
  extensionUnderTest,
  leaveSimulator,
  setSetting,
  TEST_KEY,
  useSimulator,
} from '../helpers/extensionUnderTest';
import { waitFor } from '../helpers/waitFor';

describe('several endpoints', () => {
  let pulse: PulseInternals;
  let first: Simulator;
  let second: Simulator;
  let id: string;

  function healthOfSecond() {
    return pulse.services.engine.health?.endpoints.find(({ endpointId }) => endpointId === id);
  }

  before(async () => {
    pulse = await extensionUnderTest();
    first = await useSimulator(pulse);
    second = await startSimulator({ requireKey: true, burst: true });
    id = `${second.url}#second`;
  });

  after(async () => {
    await setSetting('pulse.endpoints', undefined);
    await pulse.services.keys.clearKey(id);
    await leaveSimulator(pulse, first);
    await second.close();
  });

  it('are used as soon as they have a key', async () => {
    const { endpoints, engine, keys } = pulse.services;
    await engine.connected();
    await setSetting('pulse.endpoints', [{ name: 'second', baseUrl: second.url }]);
    await waitFor('the entry', 5_000, () => endpoints.standings[1]?.lacks === 'key');
    assert.equal(healthOfSecond(), undefined);
    await keys.setKey(id, TEST_KEY);
    await waitFor('the endpoint', 5_000, () => healthOfSecond() !== undefined);
  });

  it('are probed one by one, at no cost', async () => {
    const asked = second.requests.length;
    await vscode.commands.executeCommand(COMMANDS.probeEndpoint, id);
    assert.equal(healthOfSecond()?.probe?.ok, true);
    assert.deepEqual(
      second.requests.slice(asked).map(({ path }) => path.split('?', 1)[0]),
      ['/v1/models'],
    );
  });

  it('lose their open circuit breakers and kept answers by a command', async () => {
    await vscode.commands.executeCommand(COMMANDS.resetBreakers, id);
    await vscode.commands.executeCommand(COMMANDS.clearAnswerCache);
    const { health } = pulse.services.engine;
    assert.deepEqual(
      health?.breakers.filter(({ state }) => state !== 'closed'),
      [],
    );
    assert.equal(health.cache.entries, 0);
  });

  it('are gone with their entries', async () => {
    await setSetting('pulse.endpoints', undefined);
    await waitFor('the first one alone', 5_000, () => healthOfSecond() === undefined);
  });
});

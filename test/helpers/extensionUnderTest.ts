import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PulseApi, PulseInternals } from '../../src/host/compose';
import { EXTENSION_ID } from '../../src/host/contributions';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import type { SimulatorOptions } from '../../src/simulator/options';
import { waitFor } from './waitFor';

/** What the extension gives to others. */
export async function pulseApi(): Promise<PulseApi> {
  const extension = vscode.extensions.getExtension<PulseApi>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not installed`);
  return extension.activate();
}

/** The running extension, with what it opens to its tests. */
export async function extensionUnderTest(): Promise<PulseInternals> {
  const { internals } = await pulseApi();
  assert.ok(internals, 'the extension does not know that it is tested');
  return internals;
}

/** Sets one of the settings for this machine; `undefined` removes it. */
export async function setSetting(key: string, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration();
  await section.update(key, value, vscode.ConfigurationTarget.Global);
}

/** A key as the tests use it: found nowhere but where it belongs. */
export const TEST_KEY = 'sk-ant-test-9f8e7d6c5b4a';

/** A simulator that the extension takes for the API, with a key set. */
export async function useSimulator(
  { services }: PulseInternals,
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const simulator = await startSimulator({ requireKey: true, burst: true, ...options });
  // A request for a title could meet the fault that is meant for the next question.
  await setSetting('pulse.titles.enabled', false);
  await setSetting('pulse.baseUrl', simulator.url);
  await waitFor(
    'the base URL',
    5_000,
    () => services.endpoints.configured.baseURL === simulator.url,
  );
  await services.keys.setKey(services.endpoints.configured.id, TEST_KEY);
  await services.endpoints.choose({ kind: 'configured' });
  assert.equal(services.endpoints.state.kind, 'custom');
  services.environment.selectModel('claude-sonnet-5-5');
  return simulator;
}

/** Undoes `useSimulator`. */
export async function leaveSimulator(
  { services }: PulseInternals,
  simulator: Simulator,
): Promise<void> {
  await services.keys.clearKey(services.endpoints.configured.id);
  await setSetting('pulse.baseUrl', undefined);
  await setSetting('pulse.titles.enabled', undefined);
  await simulator.close();
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PulseInternals } from '../../src/host/compose';
import { defaultOf, engineSettingKeys } from '../../src/host/settings/engineSettings';
import { extensionUnderTest, setSetting } from '../helpers/extensionUnderTest';
import { waitFor } from '../helpers/waitFor';

describe('settings', () => {
  let pulse: PulseInternals;

  before(async () => {
    pulse = await extensionUnderTest();
  });

  it('have the engine’s defaults', () => {
    const section = vscode.workspace.getConfiguration('pulse');
    for (const key of engineSettingKeys()) {
      assert.deepEqual(section.get(key), defaultOf(key), key);
    }
  });

  it('apply to the running engine at once', async () => {
    const engine = await pulse.services.engine.engine();
    await setSetting('pulse.concurrency', 3);
    await waitFor('the new limit', 5_000, () => engine.settings.concurrency === 3);
    await setSetting('pulse.concurrency', undefined);
    await waitFor('the old limit', 5_000, () => engine.settings.concurrency === 10);
  });

  it('that are refused leave the default in use, and the others as they are', async () => {
    const engine = await pulse.services.engine.engine();
    await setSetting('pulse.retry.factor', 99);
    await setSetting('pulse.retry.retries', 1);
    await waitFor('the good one', 5_000, () => engine.settings.retry.retries === 1);
    assert.equal(engine.settings.retry.factor, 2);
    await setSetting('pulse.retry.factor', undefined);
    await setSetting('pulse.retry.retries', undefined);
    await waitFor('the default', 5_000, () => engine.settings.retry.retries === 3);
  });

  it('of the endpoint can not be set by a workspace', async () => {
    await assert.rejects(
      Promise.resolve(
        vscode.workspace
          .getConfiguration()
          .update('pulse.baseUrl', 'http://127.0.0.1:9', vscode.ConfigurationTarget.Workspace),
      ),
    );
    assert.equal(pulse.services.endpoints.configured.baseURL, 'https://api.anthropic.com');
  });
});

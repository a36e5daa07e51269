import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { PulseInternals } from '../../src/host/compose';
import {
  extensionUnderTest,
  leaveSimulator,
  TEST_KEY,
  useSimulator,
} from '../helpers/extensionUnderTest';
import { TestPanel } from '../helpers/testPanel';

/** Files under a folder that hold the text, by path. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) found.push(file);
  }
  return found;
}

describe('the API key', () => {
  let pulse: PulseInternals;

  before(async () => {
    pulse = await extensionUnderTest();
  });

  it('is kept and forgotten', async () => {
    const { keys } = pulse.services;
    await keys.setKey('secrets.example', TEST_KEY);
    assert.equal(await keys.getKey('secrets.example', undefined), TEST_KEY);
    await keys.clearKey('secrets.example');
    assert.equal(await keys.getKey('secrets.example', undefined), undefined);
  });

  it('is nowhere but in the secret storage, not even after a refusal that was logged', async () => {
    const { context, services } = pulse;
    const simulator = await useSimulator(pulse);
    const panel = new TestPanel(await services.chats());
    try {
      (await services.chats()).view.newChat();
      await panel.open();
      assert.equal((await panel.ask('hello')).state, 'done');
      simulator.faultNext('auth');
      assert.equal((await panel.ask('again')).state, 'failed');
      services.log.error(`a mistake that logs ${TEST_KEY}`, new Error(TEST_KEY));
      const shown = JSON.stringify([panel.turns, panel.session]);
      assert.ok(!shown.includes(TEST_KEY), 'the key is in what the panel shows');
      for (const memento of [context.globalState, context.workspaceState]) {
        const kept = JSON.stringify(memento.keys().map((key) => memento.get(key)));
        assert.ok(!kept.includes(TEST_KEY), 'the key is in a memento');
      }
      const settings = JSON.stringify(vscode.workspace.getConfiguration('pulse'));
      assert.ok(!settings.includes(TEST_KEY), 'the key is in the settings');
      for (const uri of [context.globalStorageUri, context.storageUri, context.logUri]) {
        if (uri) assert.deepEqual(await filesWith(TEST_KEY, uri.fsPath), []);
      }
    } finally {
      panel.dispose();
      await leaveSimulator(pulse, simulator);
    }
  });
});

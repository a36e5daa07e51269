import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PulseInternals } from '../../src/host/compose';
import { COMMANDS } from '../../src/host/contributions';
import { extensionUnderTest } from '../helpers/extensionUnderTest';
import { TestPanel } from '../helpers/testPanel';
import { waitFor } from '../helpers/waitFor';

describe('the demo', () => {
  let pulse: PulseInternals;

  before(async () => {
    pulse = await extensionUnderTest();
  });

  it('answers from the simulator that it starts, and is left again', async () => {
    const { services } = pulse;
    await vscode.commands.executeCommand(COMMANDS.tryDemo);
    assert.equal(services.endpoints.state.kind, 'demo');
    services.controller.newChat();
    const panel = new TestPanel(services.controller);
    try {
      await panel.open();
      assert.equal(panel.session?.endpoint.label, 'Demo: local simulator, not Claude');
      const turn = await panel.ask('hello');
      assert.equal(turn.state, 'done');
      assert.equal(turn.stats?.cost, 'free (demo)');
      await waitFor('the simulator’s models', 5_000, () => (panel.session?.models.length ?? 0) > 1);
    } finally {
      panel.dispose();
    }
    await vscode.commands.executeCommand(COMMANDS.leaveDemo);
    assert.equal(services.endpoints.state.kind, 'none');
  });

  it('offers ways to begin while there is nowhere to send to', async () => {
    const { environment, endpoints } = pulse.services;
    await endpoints.refresh();
    assert.deepEqual(
      environment
        .view()
        .setup.slice(0, 2)
        .map(({ action }) => action),
      ['setApiKey', 'tryDemo'],
    );
  });
});

describe('the chat', () => {
  it('opens in the side bar and as an editor tab', async () => {
    await vscode.commands.executeCommand(COMMANDS.openChat);
    await vscode.commands.executeCommand(COMMANDS.openChatInEditor);
    await waitFor('the tab', 5_000, () =>
      vscode.window.tabGroups.all.some((group) =>
        group.tabs.some(
          ({ input }) =>
            input instanceof vscode.TabInputWebview && input.viewType.includes('pulse.chatEditor'),
        ),
      ),
    );
  });
});

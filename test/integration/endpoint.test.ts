import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PanelEnvironment } from '../../src/host/chat/panelEnvironment';
import type { PulseInternals } from '../../src/host/compose';
import { COMMANDS } from '../../src/host/contributions';
import { extensionUnderTest, pulseApi } from '../helpers/extensionUnderTest';
import { TestPanel } from '../helpers/testPanel';
import { waitFor } from '../helpers/waitFor';

/** No combination of the pickers may lead to a refusal. */
async function answersWithEveryChoice(
  environment: PanelEnvironment,
  panel: TestPanel,
): Promise<void> {
  for (const { id: model } of environment.view().models) {
    environment.selectModel(model);
    for (const effort of ['default', 'no-thinking', 'max']) {
      environment.selectEffort(effort);
      const before = panel.last.id;
      panel.say({ type: 'send', text: 'hello' });
      await panel.shows('words or an end', ({ id, state }) => id !== before && state !== 'waiting');
      panel.say({ type: 'stop' });
      const turn = await panel.ended();
      assert.ok(!turn.error, `${model}, ${effort}: ${turn.error?.detail}`);
    }
  }
}

describe('the demo', () => {
  let pulse: PulseInternals;

  before(async () => {
    pulse = await extensionUnderTest();
  });

  it('answers from the simulator that it starts, and is left again', async function () {
    this.timeout(60_000);
    const { services } = pulse;
    await vscode.commands.executeCommand(COMMANDS.tryDemo);
    assert.equal(services.endpoints.state.kind, 'demo');
    (await services.chats()).view.newChat();
    const panel = new TestPanel(await services.chats());
    try {
      await panel.open();
      assert.equal(panel.session?.endpoint.label, 'Demo: local simulator, not Claude');
      const turn = await panel.ask('hello');
      assert.equal(turn.state, 'done');
      assert.equal(turn.stats?.cost, 'free (demo)');
      await waitFor('the simulator’s models', 5_000, () => (panel.session?.models.length ?? 0) > 1);
      await answersWithEveryChoice(services.environment, panel);
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

describe('the extension', () => {
  it('says how long its activation took', async () => {
    const { activationMs } = await pulseApi();
    // Not asserted: it depends on the machine.
    console.log(`[suite] activate() took ${activationMs.toFixed(1)} ms`);
    assert.ok(activationMs > 0);
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

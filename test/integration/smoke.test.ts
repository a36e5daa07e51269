import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'claude-pulse.claude-pulse';

describe('the extension in its host', () => {
  it('is found and activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that it contributes', async () => {
    const extension = vscode.extensions.getExtension<unknown>(id);
    const manifest = extension?.packageJSON as {
      contributes?: { commands?: { command: string }[] };
    };
    const contributed = manifest.contributes?.commands?.map(({ command }) => command) ?? [];
    assert.ok(contributed.length > 0, 'no commands in package.json');
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });
});

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import { artifactsDir, root } from '../../scripts/lib/paths.mjs';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';

const vsix = path.join(artifactsDir, `${manifest.name}-${manifest.version}.vsix`);

describe('the packaged extension, installed', () => {
  // Before the workbench's own hook, which installs the package.
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['scripts/package.mjs'], { cwd: root });
  }, 120_000);

  const workbench = useWorkbench({ extension: { vsix }, env: { PULSE_START_DEMO: '1' } });

  it('answers a question', async () => {
    const chat = new ChatPage(workbench.current);
    await workbench.current.runCommand('Pulse: Open Chat');
    await chat.ask('code typescript');
    await chat.answerWith('A prepared sample from the simulator');
    const turn = await chat.ended();
    // The grammar is a chunk of its own: its colours show that it is in the package and that the page may load it.
    await turn.locator('.answer pre span[class]').first().waitFor();
    expect(workbench.current.problems).toEqual([]);
  });
});

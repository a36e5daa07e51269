import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import { artifactsDir } from '../../scripts/lib/paths.mjs';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';

/** Made before the first test runs: scripts/e2e.mjs. */
const vsix = path.join(artifactsDir, `${manifest.name}-${manifest.version}.vsix`);

describe('the packaged extension, installed', () => {
  const workbench = useWorkbench({
    extension: { vsix },
    env: { PULSE_START_DEMO: '1' },
    builtinExtensions: 'all',
  });

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

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import { artifactsDir } from '../../scripts/lib/paths.mjs';
import { ChatPage } from '../helpers/chatPage';
import { useWorkbench } from '../helpers/e2e';
import { waitFor } from '../helpers/waitFor';

/** Made before the first test runs: scripts/e2e.mjs. */
const vsix = path.join(artifactsDir, `${manifest.name}-${manifest.version}.vsix`);

describe('the packaged extension, installed', () => {
  const workbench = useWorkbench({
    extension: { vsix },
    env: { PULSE_START_DEMO: '1' },
    builtinExtensions: 'all',
  });

  const chat = () => new ChatPage(workbench.current);

  it('answers a question', async () => {
    await workbench.current.run('pulse.openChat');
    await chat().ask('code typescript');
    await chat().answerWith('A prepared sample from the simulator');
    const turn = await chat().ended();
    // The grammar is a chunk of its own: its colours show that it is in the package and that the page may load it.
    await turn.locator('.answer pre span[class]').first().waitFor();
    expect(workbench.current.problems).toEqual([]);
  });

  // An extension in development is not started again.
  it('keeps what had come when the extension host is killed, and goes on', async () => {
    await chat().ask('long 100');
    const seen = await chat().answerOf(400);
    await chat().answerOf(seen.length + 800);
    await workbench.current.killExtensionHost();
    await waitFor('the turn to be interrupted', 60_000, async () => {
      const text = await (await chat().lastTurn()).innerText().catch(() => '');
      return /interrupted/i.test(text);
    });
    expect((await chat().lastAnswer()).startsWith(seen.slice(0, 200))).toBe(true);
    await workbench.current.screenshot('package-host-killed');
    await chat().ask('hello again');
    await chat().answerWith('simulator');
    await chat().ended();
  }, 120_000);
});

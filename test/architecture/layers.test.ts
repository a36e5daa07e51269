import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/paths.mjs';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Runs the check over a tree made of these files. */
async function check(files: Record<string, string>): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pulse-layers-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const script = path.join(root, 'scripts', 'layers.mjs');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const sound = {
  'src/base/event.ts': 'export const event = 1;\n',
  'src/engine/types.ts': "export type Turn = 'turn';\n",
  'src/engine/engine.ts':
    "import { event } from '../base/event';\nimport type { Turn } from './types';\nexport const engine: Turn | number = event;\n",
  'src/host/compose.ts':
    "import * as vscode from 'vscode';\nimport { engine } from '../engine/engine';\nexport const compose = () => vscode.window.showInformationMessage(String(engine));\n",
  'src/extension.ts':
    "import { compose } from './host/compose';\nexport const activate = () => compose();\n",
};

describe('the check of the layers', () => {
  it('accepts imports that follow the layers', async () => {
    expect(await check(sound)).toEqual({ code: 0, output: '5 modules, 0 violations\n' });
  });

  it('fails when it has read no modules', async () => {
    const { code, output } = await check({ 'src/readme.md': 'no code here' });
    expect(output).toContain('No modules were read');
    expect(code).toBe(1);
  });

  it.each([
    [
      'the engine importing the editor',
      {
        'src/engine/engine.ts':
          "import * as vscode from 'vscode';\nexport const engine = vscode;\n",
      },
      'vscode-only-in-host: src/engine/engine.ts',
    ],
    [
      'the engine importing a type of the host',
      {
        'src/host/kind.ts': "export type Kind = 'a';\n",
        'src/engine/engine.ts':
          "import type { Kind } from '../host/kind';\nexport const engine: Kind = 'a';\n",
      },
      'src/engine/engine.ts → src/host/kind.ts',
    ],
    [
      'a lazy import across layers',
      {
        'src/base/event.ts': "export const event = () => import('../engine/types');\n",
      },
      'src/base/event.ts → src/engine/types.ts',
    ],
    [
      'a circle',
      {
        'src/base/event.ts': "import { other } from './other';\nexport const event = other;\n",
        'src/base/other.ts':
          "import { event } from './event';\nexport const other = () => event;\n",
      },
      'no-circles',
    ],
    [
      'the simulator using the engine',
      {
        'src/simulator/main.ts':
          "import { engine } from '../engine/engine';\nexport const main = engine;\n",
      },
      'simulator-stands-alone',
    ],
    ['a module nobody uses', { 'src/base/alone.ts': 'export const alone = 1;\n' }, 'no-orphans'],
  ])('refuses %s', async (_what, change, message) => {
    const { code, output } = await check({ ...sound, ...change });
    expect(output).toContain(message);
    expect(code).toBe(1);
  });
});

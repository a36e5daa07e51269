import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock';
import type { Attachment } from '../../src/engine/ports';
import { ContextService } from '../../src/host/context/contextService';
import { readContextSettings } from '../../src/host/context/contextSettings';
import { EditorPorts } from '../../src/host/context/editor/editorPorts';
import { english } from '../../src/host/translate';
import { waitFor } from '../helpers/waitFor';

const never = new AbortController().signal;

/** In a folder of its own below the open one, or beside it where none is open; a repository with one change staged, one not. */
describe('context of a question in the editor', () => {
  let folder: string;
  let ports: EditorPorts;
  let service: ContextService;
  const faults: unknown[] = [];
  const uri = (name: string): vscode.Uri => vscode.Uri.file(path.join(folder, name));
  const write = (name: string, text: string): Promise<void> =>
    writeFile(path.join(folder, name), text);
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  };

  before(async () => {
    const [open] = vscode.workspace.workspaceFolders ?? [];
    folder = await realpath(await mkdtemp(path.join(open?.uri.fsPath ?? os.tmpdir(), 'context-')));
    await mkdir(path.join(folder, 'src/ignored'), { recursive: true });
    await write('.gitignore', 'ignored/\n*.log\n');
    await write(
      'src/alpha.ts',
      'export const alpha = 1;\nexport function beta() {\n  return alpha;\n}\n',
    );
    await write('src/noise.log', 'noise');
    await write('src/ignored/hidden.ts', 'hidden');
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first commit');
    ports = new EditorPorts(systemClock, (error) => faults.push(error));
    service = makeService();
  });

  after(async () => {
    service.dispose();
    ports.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
    assert.deepEqual(faults, []);
  });

  function makeService(): ContextService {
    let ids = 0;
    return new ContextService({
      ports,
      settings: () => readContextSettings(() => undefined, english).settings,
      clock: systemClock,
      translate: english,
      newId: () => `id${++ids}`,
      onFault: (error) => faults.push(error),
    });
  }

  async function gather(source: string): Promise<Attachment> {
    const tray = service.newTray();
    tray.add(source);
    await waitFor(source, 10_000, () => tray.views[0]?.state !== 'loading');
    const [view] = tray.views;
    assert.equal(view?.state, 'ready', view?.problem);
    const [attachment] = await tray.take(never);
    tray.dispose();
    assert.ok(attachment);
    return attachment;
  }

  function textOf({ content }: Attachment): string {
    return content.map((block) => ('text' in block ? String(block['text']) : '')).join('\n');
  }

  it('takes the selection with its lines and language', async () => {
    const editor = await vscode.window.showTextDocument(uri('src/alpha.ts'));
    editor.selection = new vscode.Selection(1, 0, 3, 1);
    const text = textOf(await gather('selection'));
    assert.match(
      text,
      /kind="selection" path="[^"]*src\/alpha.ts" lines="2-4" language="typescript">\nexport function beta/,
    );
  });

  it('takes a file as the editor shows it, unsaved', async () => {
    const editor = await vscode.window.showTextDocument(uri('src/alpha.ts'));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// unsaved\n'));
    const text = textOf(await gather(`file:${uri('src/alpha.ts').toString()}`));
    assert.match(text, />\n\/\/ unsaved\nexport const alpha/);
    await editor.edit((edit) => edit.delete(new vscode.Range(0, 0, 1, 0)));
    await editor.document.save();
  });

  it('takes a folder without what git ignores', async () => {
    const text = textOf(await gather(`folder:${uri('src').toString()}`));
    assert.match(text, /beta\(\)/);
    assert.doesNotMatch(text, /hidden|noise/);
  });

  it('takes problems with their line of code', async () => {
    const found = vscode.languages.createDiagnosticCollection('test');
    const problem = new vscode.Diagnostic(new vscode.Range(1, 7, 1, 15), 'wrong function');
    found.set(uri('src/alpha.ts'), [problem]);
    const text = textOf(await gather(`problems:${uri('src/alpha.ts').toString()}`));
    found.dispose();
    assert.match(text, /2:8 error: wrong function\n {4}> export function beta\(\) \{/);
  });

  it('takes the lines of a symbol', async () => {
    const provider = vscode.languages.registerDocumentSymbolProvider(
      { pattern: '**/alpha.ts' },
      {
        provideDocumentSymbols: () => {
          const range = new vscode.Range(1, 0, 3, 1);
          return [new vscode.DocumentSymbol('beta', '', vscode.SymbolKind.Function, range, range)];
        },
      },
    );
    const text = textOf(await gather(`symbol:1:beta:${uri('src/alpha.ts').toString()}`));
    provider.dispose();
    assert.match(text, /kind="symbol" name="beta"[^>]*lines="2-4"/);
    assert.doesNotMatch(text, /const alpha/);
  });

  it('reads staged and other changes and the log, through the git extension or git itself', async function () {
    await write('src/alpha.ts', 'export const alpha = 2;\n');
    git('add', 'src/alpha.ts');
    await write('src/alpha.ts', 'export const alpha = 3;\n');
    const extension = vscode.extensions.getExtension<{
      getAPI(version: 1): { openRepository(root: vscode.Uri): Promise<unknown> };
    }>('vscode.git');
    if (!extension) return this.skip();
    const exported = await extension.activate();
    await exported.getAPI(1).openRepository(vscode.Uri.parse(pathToFileURL(folder).href));
    const diff = textOf(await gather('gitDiff'));
    assert.match(
      diff,
      /state="staged">[\s\S]*\+export const alpha = 2;[\s\S]*state="not staged">[\s\S]*\+export const alpha = 3;/,
    );
    assert.match(textOf(await gather('gitLog')), /first commit/);
  });

  it('offers files of the workspace, without what git ignores', async function () {
    if (!vscode.workspace.workspaceFolders) return this.skip();
    const labels = async (query: string): Promise<string[]> =>
      (await service.complete(query, never)).map(({ label }) => label);
    await waitFor('the index', 10_000, async () => (await labels('alpha')).includes('alpha.ts'));
    assert.ok(!(await labels('hidden')).includes('hidden.ts'));
  });
});

import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { SlashRegistry } from '../../../../src/host/slash/slashRegistry';
import type { CommandFolders, NamedFile } from '../../../../src/host/slash/slashRegistry';
import { english } from '../../../../src/host/translate';

class FakeFolders implements CommandFolders {
  readonly changed = new Emitter<void>();
  readonly onChange = this.changed.event;
  workspace: NamedFile[] = [];
  profile: NamedFile[] = [];
  readings = 0;
  read() {
    this.readings++;
    return Promise.resolve({ workspace: [...this.workspace], profile: [...this.profile] });
  }
  dispose(): void {}
}

function registry() {
  const folders = new FakeFolders();
  const commands = new SlashRegistry(folders, english);
  const { signal } = new AbortController();
  return { folders, commands, expand: (text: string) => commands.expand(text, signal) };
}

describe('slash commands', () => {
  it('write out a question with its context', async () => {
    const { expand } = registry();
    const fix = await expand('/fix the loop');
    expect(fix).toMatchObject({ kind: 'ask', sources: ['selection', 'problems'] });
    expect(fix?.kind === 'ask' && fix.prompt).toMatch(/^Find what is wrong[\s\S]*\n\nthe loop$/);
  });

  it('do something in the panel', async () => {
    const { expand } = registry();
    expect(await expand('/compact')).toEqual({ kind: 'command', command: { kind: 'compact' } });
    expect(await expand('/model  haiku ')).toEqual({
      kind: 'command',
      command: { kind: 'model', name: 'haiku' },
    });
  });

  it('leave alone what is none', async () => {
    const { expand } = registry();
    for (const text of ['/usr/bin is a folder', 'explain /fix', '/nothing', '//', '/']) {
      expect(await expand(text)).toBeUndefined();
    }
  });

  it('are read from files, the workspace before the profile, never in the place of one of ours', async () => {
    const { folders, commands, expand } = registry();
    folders.workspace = [
      { name: 'ship', text: 'Ship $1 as in @docs/release.md' },
      { name: 'fix', text: 'Do something else' },
      { name: 'no good', text: 'x' },
    ];
    folders.profile = [
      { name: 'ship', text: 'Mine' },
      { name: 'team:hello', text: '---\ndescription: Greets\n---\nHello' },
    ];
    await commands.load();
    const own = commands.views.filter(({ source }) => source !== 'builtin');
    expect(own.map(({ name, source }) => [name, source])).toEqual([
      ['ship', 'workspace'],
      ['team:hello', 'profile'],
    ]);
    expect(await expand('/ship 2.0')).toEqual({
      kind: 'ask',
      prompt: 'Ship 2.0 as in @docs/release.md',
      sources: ['file:docs/release.md'],
    });
    expect(await expand('/team:hello')).toMatchObject({ prompt: 'Hello' });
    const fix = await expand('/fix');
    expect(fix?.kind === 'ask' && fix.prompt).toContain('Find what');
  });

  it('are known at the first question although nobody asked for the list', async () => {
    const { folders, expand } = registry();
    folders.profile = [{ name: 'mine', text: 'Mine' }];
    expect(await expand('/mine')).toMatchObject({ prompt: 'Mine' });
  });

  it('are read again when a file changed, and only then', async () => {
    const { folders, commands } = registry();
    await commands.load();
    await commands.load();
    expect(folders.readings).toBe(1);
    let told = 0;
    commands.onChange(() => told++);
    folders.profile = [{ name: 'new', text: 'New' }];
    folders.changed.fire();
    await commands.load();
    expect(folders.readings).toBe(2);
    expect(told).toBe(1);
    expect(commands.views.at(-1)?.name).toBe('new');
  });
});

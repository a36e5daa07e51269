import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { InstructionFiles } from '../../../../src/host/instructions/instructionFiles';
import type { InstructionSource } from '../../../../src/host/instructions/instructionFiles';
import { english } from '../../../../src/host/translate';

class FakeSource implements InstructionSource {
  readonly changed = new Emitter<void>();
  readonly onChange = this.changed.event;
  prompt: string | undefined;
  allowed = ['CLAUDE.md', 'AGENTS.md'];
  names = ['app'];
  files: Record<string, string> = {};
  readings = 0;
  systemPrompt() {
    return this.prompt;
  }
  allowedFiles() {
    return this.allowed;
  }
  folders() {
    return this.names;
  }
  read(folder: string, path: string) {
    this.readings++;
    return Promise.resolve(this.files[`${folder}/${path}`]);
  }
  dispose(): void {}
}

function instructions(files: Record<string, string>) {
  const source = new FakeSource();
  source.files = files;
  return { source, made: new InstructionFiles(source, english) };
}

describe('instructions', () => {
  it('are the system prompt first, then the files that are there', async () => {
    const { source, made } = instructions({ 'app/AGENTS.md': 'Use tabs.' });
    source.prompt = 'Be brief.';
    expect(await made.segments()).toEqual([
      { label: 'System prompt', text: 'Be brief.' },
      { label: 'AGENTS.md', text: 'Instructions of this project (AGENTS.md):\n\nUse tabs.' },
    ]);
  });

  it('take in the files that they name, but none outside and none for ever', async () => {
    const { made } = instructions({
      'app/CLAUDE.md': 'Start\n@docs/style.md\n@../secret.md\n@/etc/passwd.txt\nwrite to @someone',
      'app/docs/style.md': 'Style\n@more.md\n@../CLAUDE.md',
      'app/docs/more.md': 'More\n@style.md',
    });
    const [only] = await made.segments();
    expect(only?.text).toContain('Start\nStyle\nMore\n\n\n@../secret.md');
    expect(only?.text).toContain('@/etc/passwd.txt\nwrite to @someone');
  });

  it('do not tell the same twice', async () => {
    const { made } = instructions({
      'app/CLAUDE.md': '@AGENTS.md',
      'app/AGENTS.md': 'Rules',
    });
    expect((await made.segments()).map(({ label }) => label)).toEqual(['CLAUDE.md']);
    const copies = instructions({ 'app/CLAUDE.md': 'Same', 'app/AGENTS.md': 'Same' });
    expect(await copies.made.segments()).toHaveLength(1);
  });

  it('name the folder where there are several', async () => {
    const { source, made } = instructions({ 'app/CLAUDE.md': 'A', 'lib/CLAUDE.md': 'B' });
    source.names = ['app', 'lib'];
    const labels = (await made.segments()).map(({ label }) => label);
    expect(labels).toEqual(['app/CLAUDE.md', 'lib/CLAUDE.md']);
  });

  it('are bounded', async () => {
    const { made } = instructions({ 'app/CLAUDE.md': 'x'.repeat(200_000), 'app/AGENTS.md': 'B' });
    const segments = await made.segments();
    expect(segments).toHaveLength(1);
    expect(segments[0]?.text.length).toBeLessThan(101_000);
  });

  it('are read once until something changed', async () => {
    const { source, made } = instructions({ 'app/CLAUDE.md': 'Old' });
    await made.segments();
    await made.segments();
    expect(source.readings).toBe(2);
    source.files = { 'app/CLAUDE.md': 'New' };
    source.changed.fire();
    expect((await made.segments())[0]?.text).toContain('New');
  });
});

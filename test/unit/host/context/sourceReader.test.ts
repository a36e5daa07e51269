import { describe, expect, it } from 'vitest';
import { ContextError, problemText } from '../../../../src/host/context/contextProblem';
import type { ContextPorts } from '../../../../src/host/context/contextPorts';
import { parseSource } from '../../../../src/host/context/contextSource';
import type { Gathered } from '../../../../src/host/context/gathered';
import { SourceReader } from '../../../../src/host/context/sourceReader';
import { english } from '../../../../src/host/translate';
import { memoryFiles } from './memoryFiles';

type Contents = Parameters<typeof memoryFiles>[0];

function readerOf(
  contents: Contents,
  change: Partial<Omit<ContextPorts, 'files'>> & {
    open?: Record<string, string>;
    excludes?: string[];
  } = {},
) {
  const none = { diff: async () => [], log: async () => [] };
  const editors = {
    selection: () => undefined,
    openFiles: () => [],
    recentFiles: () => [],
    diagnostics: () => [],
    symbols: async () => [],
    symbolLines: async () => undefined,
    open: () => undefined,
    openText: () => undefined,
  };
  const reader = new SourceReader({
    ports: {
      files: memoryFiles(contents, change.open, change.excludes),
      editors: change.editors ?? editors,
      terminals: change.terminals ?? { lastRun: () => undefined },
      git: change.git ?? none,
      web: change.web ?? {
        fetch: () => Promise.reject(new ContextError({ kind: 'status', status: 500 })),
      },
    },
    settings: () => ({
      maxFileKB: 10,
      maxTotalKB: 20,
      maxFolderFiles: 5,
      warnTokens: 0,
      warnCostUSD: 0,
    }),
    translate: english,
  });
  const read = (source: string): Promise<Gathered> => {
    const parsed = parseSource(source);
    return parsed
      ? reader.read(parsed, new AbortController().signal)
      : Promise.reject(new Error(source));
  };
  const problem = async (source: string): Promise<string> => {
    try {
      return textOf(await read(source));
    } catch (error) {
      if (error instanceof ContextError) return problemText(error.problem, english);
      throw error;
    }
  };
  return { reader, read, problem, editors };
}

function textOf({ content }: Gathered): string {
  return content
    .map((block) =>
      block.type === 'text' && 'text' in block ? String(block['text']) : `[${block.type}]`,
    )
    .join('\n');
}
const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489',
  'hex',
);

describe('what is read for a question', () => {
  it('is a file as an editor shows it, saved or not', async () => {
    const { read } = readerOf({ 'src/a.ts': 'old' }, { open: { 'src/a.ts': 'unsaved' } });
    const piece = await read('file:src/a.ts');
    expect(textOf(piece)).toContain('path="src/a.ts" language="typescript">\nunsaved\n');
    expect(piece).toMatchObject({
      kind: 'file',
      label: 'a.ts',
      uri: 'file:///w/src/a.ts',
      textBytes: 7,
    });
  });

  it('is text in UTF-16, and without its byte order mark', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('größe', 'utf16le')]);
    const { read } = readerOf({ 'w.txt': wide, 'u.txt': '\u{FEFF}marked' });
    expect(textOf(await read('file:w.txt'))).toContain('>\ngröße\n');
    expect(textOf(await read('file:u.txt'))).toContain('>\nmarked\n');
  });

  it('refuses what is binary, too large, empty or gone, each with its reason', async () => {
    const { problem } = readerOf({
      'x.bin': Buffer.from([1, 0, 2]),
      'big.txt': 'x'.repeat(10_001),
      'e.txt': ' \n',
    });
    expect(await problem('file:x.bin')).toMatch(/^x.bin is not text/u);
    expect(await problem('file:big.txt')).toMatch(/pulse.context.maxFileKB/u);
    expect(await problem('file:e.txt')).toBe('e.txt is empty.');
    expect(await problem('file:gone.ts')).toMatch(/not there any more/u);
  });

  it('is an image natively, whatever its name says', async () => {
    const { read } = readerOf({ 'shot.txt': PNG });
    expect(await read('file:shot.txt')).toMatchObject({
      kind: 'image',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }],
    });
  });

  it('takes an ignored file that was named, with a note', async () => {
    const { read } = readerOf({ '.gitignore': 'dist\n', 'dist/a.js': 'built', 'a.js': 'own' });
    expect((await read('file:dist/a.js')).detail).toMatch(/because you named it/u);
    expect((await read('file:a.js')).detail).not.toMatch(/named/u);
  });

  it('is a folder: its tree first, then its text files in order, without what is left out', async () => {
    const { read } = readerOf(
      {
        '.gitignore': '*.log\n',
        'src/b.ts': 'bb',
        'src/a.ts': 'aa',
        'src/x.log': 'log',
        'src/.env': 'KEY=1',
        'src/pic.png': PNG,
        'src/gen/.gitignore': '*\n',
        'src/gen/c.ts': 'cc',
        'src/skip/d.ts': 'dd',
      },
      { excludes: ['**/skip'] },
    );
    const piece = await read('folder:src');
    const text = textOf(piece);
    expect(text).toContain(
      'kind="folder" path="src">\n.env (may hold secrets, not read)\na.ts\nb.ts\npic.png (binary)\n</',
    );
    expect([...text.matchAll(/path="([^"]*)"/gu)].map(([, path]) => path)).toEqual([
      'src',
      'src/a.ts',
      'src/b.ts',
    ]);
    expect(piece.detail).toBe('src: 2 of 4 files');
  });

  it('is as many files of a folder as the setting allows, and says so', async () => {
    const files = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`src/${n}.ts`, `${n}`]));
    const text = textOf(await readerOf(files).read('folder:src'));
    expect(text).toContain('4.ts\n(more files, not listed)');
    expect(text).not.toContain('5.ts');
  });

  it('is a folder that git ignores when it is named', async () => {
    const { read } = readerOf({ '.gitignore': 'dist\n', 'dist/a.js': 'built' });
    expect(textOf(await read('folder:dist'))).toContain('built');
  });

  it('is the selection with file, lines and language; secrets count in the file’s lines', async () => {
    const { editors } = readerOf({});
    const selection = () => ({
      uri: 'file:///w/src/a.ts',
      text: 'x\npassword = "k7#mQ2!vX9pL"',
      language: 'typescript',
      startLine: 10,
      endLine: 11,
      extent: 'selection' as const,
    });
    const { read } = readerOf({}, { editors: { ...editors, selection } });
    const piece = await read('selection');
    expect(textOf(piece)).toContain(
      'kind="selection" path="src/a.ts" lines="10-11" language="typescript"',
    );
    expect(piece.label).toBe('a.ts:10-11');
    expect(piece.secrets).toEqual([{ kind: 'password', line: 11, where: '' }]);
  });

  it('is the problems with their lines, errors first', async () => {
    const { editors } = readerOf({});
    const at = (uri: string, line: number, severity: 'error' | 'warning') => ({
      uri: `file:///w/${uri}`,
      line,
      column: 3,
      severity,
      message: 'bad\n thing',
      source: 'ts 1',
    });
    const diagnostics = () => [at('a.ts', 1, 'warning'), at('b.ts', 2, 'error')];
    const { read } = readerOf(
      { 'a.ts': 'first', 'b.ts': 'one\n  two' },
      { editors: { ...editors, diagnostics } },
    );
    expect(textOf(await read('problems'))).toContain(
      '\nb.ts\n  2:3 error ts 1: bad thing\n    > two\n\na.ts\n  1:3 warning ts 1: bad thing\n    > first\n',
    );
  });

  it('is the lines of a symbol', async () => {
    const { editors } = readerOf({});
    const symbolLines = async () => ({ startLine: 2, endLine: 3 });
    const { read } = readerOf({ 'a.ts': '1\n2\n3\n4' }, { editors: { ...editors, symbolLines } });
    expect(textOf(await read('symbol:2:foo:file:///w/a.ts'))).toMatch(
      /name="foo" path="a.ts" lines="2-3"[^>]*>\n2\n3\n<\//u,
    );
  });

  it('is what is staged and what is not, told apart', async () => {
    const git = {
      diff: async () => [
        { repository: 'file:///w', text: 'diff --git a b\n-x', staged: 'diff --git c d\n+y' },
      ],
      log: async () => [],
    };
    const both = textOf(await readerOf({}, { git }).read('gitDiff'));
    expect(both).toMatch(
      /state="staged">\ndiff --git c d[\s\S]*state="not staged">\ndiff --git a b/u,
    );
    expect(textOf(await readerOf({}, { git }).read('gitDiff:staged'))).not.toContain('not staged');
  });

  it('is the last command of the terminal as it was shown; of a long output the end', async () => {
    const esc = String.fromCodePoint(0x1b);
    const run = {
      terminal: 'bash',
      command: 'npm test',
      isCut: false,
      exitCode: 1,
      isRunning: false,
      output: `${esc}]633;C${String.fromCodePoint(7)}10 %\r50 %\r100 %\r\n${esc}[31mfailed${esc}[0m\r\n`,
    };
    const short = textOf(
      await readerOf({}, { terminals: { lastRun: () => run } }).read('terminal'),
    );
    expect(short).toMatch(/terminal="bash" exit="1">\n\$ npm test\n100 %\nfailed\n<\//u);
    const long = { ...run, output: `${'line\n'.repeat(5_000)}the end` };
    const text = textOf(
      await readerOf({}, { terminals: { lastRun: () => long } }).read('terminal'),
    );
    expect(text).toContain('the beginning of the output is left out');
    expect(text).toContain('the end\n');
    expect(text.length).toBeLessThan(10_300);
  });

  it('is a web page as a reader sees it', async () => {
    const html = `<html><head><title>A  page</title><script>steal()</script></head><body><nav>menu</nav><h1>Head</h1>
      <p>One &amp; <b>two</b></p><ul><li>a<li>b</ul><pre><code>let  x;\n  y</code></pre><style>p{}</style></body></html>`;
    const web = {
      fetch: async () => ({
        url: 'https://x.test/p',
        mime: 'text/html',
        charset: '',
        bytes: Buffer.from(html),
      }),
    };
    const text = textOf(await readerOf({}, { web }).read('url:x.test/p'));
    expect(text).toContain('url="https://x.test/p" title="A page"');
    expect(text).toContain('# Head\n\nOne & two\n\n- a\n- b\n\n```\nlet  x;\n  y\n```');
    expect(text).not.toMatch(/steal|menu|p\{\}/u);
  });

  it.each([
    ['selection', /No file is open/u],
    ['editors', /No files are open/u],
    ['problems', /no problems/u],
    ['terminal', /shell integration/u],
    ['gitDiff', /Nothing has changed/u],
    ['symbol:1:foo:file:///w/a.ts', /foo was not found/u],
  ])('says plainly that there is none: %s', async (source, expected) => {
    expect(await readerOf({}).problem(source)).toMatch(expected);
  });
});

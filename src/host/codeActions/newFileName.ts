import { safePath } from '../workspacePath';

/** File endings by the names that code blocks use for languages. */
const ENDINGS: Readonly<Record<string, string>> = {
  bash: 'sh',
  c: 'c',
  cpp: 'cpp',
  'c++': 'cpp',
  cs: 'cs',
  csharp: 'cs',
  css: 'css',
  dart: 'dart',
  diff: 'diff',
  elixir: 'ex',
  erlang: 'erl',
  go: 'go',
  graphql: 'graphql',
  haskell: 'hs',
  html: 'html',
  ini: 'ini',
  java: 'java',
  javascript: 'js',
  js: 'js',
  json: 'json',
  jsonc: 'jsonc',
  jsx: 'jsx',
  julia: 'jl',
  kotlin: 'kt',
  less: 'less',
  lua: 'lua',
  markdown: 'md',
  md: 'md',
  mermaid: 'mmd',
  perl: 'pl',
  php: 'php',
  powershell: 'ps1',
  ps1: 'ps1',
  py: 'py',
  python: 'py',
  r: 'r',
  rb: 'rb',
  rs: 'rs',
  ruby: 'rb',
  rust: 'rs',
  scala: 'scala',
  scss: 'scss',
  sh: 'sh',
  shell: 'sh',
  sql: 'sql',
  svelte: 'svelte',
  swift: 'swift',
  tex: 'tex',
  toml: 'toml',
  ts: 'ts',
  tsx: 'tsx',
  typescript: 'ts',
  vue: 'vue',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yml',
  zig: 'zig',
  zsh: 'sh',
};
/** Files with a name of their own. */
const NAMES: Readonly<Record<string, string>> = { dockerfile: 'Dockerfile', makefile: 'Makefile' };

/** A name for a new file: the one that the block's head gives, else one made of what it defines and its language. */
export function newFileName(code: string, language: string, path: string | undefined): string {
  const given = path === undefined ? undefined : safePath(path);
  if (given !== undefined) return given;
  const fixed = Object.hasOwn(NAMES, language) ? NAMES[language] : undefined;
  if (fixed !== undefined) return fixed;
  const ending = Object.hasOwn(ENDINGS, language) ? (ENDINGS[language] ?? 'txt') : 'txt';
  const match =
    /^\s*(?:export\s+|default\s+|public\s+|abstract\s+|final\s+)*(?:class|interface|struct|enum|trait|module)\s+([\p{L}_][\p{L}\p{N}_]*)/mu.exec(
      code,
    );
  return `${match?.[1] ?? 'untitled'}.${ending}`;
}

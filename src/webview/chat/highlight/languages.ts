import type { LanguageRegistration } from '@shikijs/core';

type Grammar = () => Promise<{ readonly default: LanguageRegistration[] }>;

/** Grammars by name; each is a chunk of its own, fetched when the first block of its language appears. */
const GRAMMARS = {
  c: () => import('@shikijs/langs/c'),
  csharp: () => import('@shikijs/langs/csharp'),
  css: () => import('@shikijs/langs/css'),
  dart: () => import('@shikijs/langs/dart'),
  diff: () => import('@shikijs/langs/diff'),
  docker: () => import('@shikijs/langs/docker'),
  go: () => import('@shikijs/langs/go'),
  graphql: () => import('@shikijs/langs/graphql'),
  html: () => import('@shikijs/langs/html'),
  ini: () => import('@shikijs/langs/ini'),
  java: () => import('@shikijs/langs/java'),
  javascript: () => import('@shikijs/langs/javascript'),
  json: () => import('@shikijs/langs/json'),
  jsonc: () => import('@shikijs/langs/jsonc'),
  kotlin: () => import('@shikijs/langs/kotlin'),
  lua: () => import('@shikijs/langs/lua'),
  make: () => import('@shikijs/langs/make'),
  markdown: () => import('@shikijs/langs/markdown'),
  php: () => import('@shikijs/langs/php'),
  powershell: () => import('@shikijs/langs/powershell'),
  proto: () => import('@shikijs/langs/proto'),
  python: () => import('@shikijs/langs/python'),
  r: () => import('@shikijs/langs/r'),
  ruby: () => import('@shikijs/langs/ruby'),
  rust: () => import('@shikijs/langs/rust'),
  scss: () => import('@shikijs/langs/scss'),
  shellscript: () => import('@shikijs/langs/shellscript'),
  sql: () => import('@shikijs/langs/sql'),
  swift: () => import('@shikijs/langs/swift'),
  terraform: () => import('@shikijs/langs/terraform'),
  toml: () => import('@shikijs/langs/toml'),
  tsx: () => import('@shikijs/langs/tsx'),
  typescript: () => import('@shikijs/langs/typescript'),
  xml: () => import('@shikijs/langs/xml'),
  yaml: () => import('@shikijs/langs/yaml'),
} satisfies Record<string, Grammar>;

export type LanguageName = keyof typeof GRAMMARS;

/**
 * Other names that replies use, file endings among them. C++ is coloured as C: its own grammar is 800 KB and takes seconds
 * to prepare.
 */
const ALIASES: Readonly<Record<string, LanguageName>> = {
  bash: 'shellscript',
  'c++': 'c',
  'c#': 'csharp',
  cc: 'c',
  cjs: 'javascript',
  console: 'shellscript',
  cpp: 'c',
  cs: 'csharp',
  cts: 'typescript',
  cxx: 'c',
  dockerfile: 'docker',
  env: 'ini',
  golang: 'go',
  gql: 'graphql',
  h: 'c',
  hcl: 'terraform',
  hpp: 'c',
  htm: 'html',
  javascriptreact: 'javascript',
  js: 'javascript',
  json5: 'jsonc',
  jsx: 'javascript',
  kt: 'kotlin',
  kts: 'kotlin',
  makefile: 'make',
  md: 'markdown',
  mjs: 'javascript',
  mts: 'typescript',
  patch: 'diff',
  properties: 'ini',
  protobuf: 'proto',
  ps: 'powershell',
  ps1: 'powershell',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'shellscript',
  shell: 'shellscript',
  svg: 'xml',
  tf: 'terraform',
  ts: 'typescript',
  typescriptreact: 'tsx',
  yml: 'yaml',
  zsh: 'shellscript',
};

/** The language that a code block's label means; `undefined` when it is shown plain. */
export function languageNamed(label: string): LanguageName | undefined {
  if (isLanguage(label)) return label;
  if (Object.hasOwn(ALIASES, label)) return ALIASES[label];
  const ending = /\.([a-z0-9+#]+)$/.exec(label)?.[1];
  return ending === undefined ? undefined : languageNamed(ending);
}

/**
 * The grammar of a language and those it embeds, its own last. Embedded languages that are not offered by themselves are left
 * out: they are rare, and some are very big.
 */
export async function loadGrammars(language: LanguageName): Promise<LanguageRegistration[]> {
  const { default: grammars } = await GRAMMARS[language]();
  const wanted = grammars.filter((grammar) => isLanguage(grammar.name));
  return Array.from(wanted, (grammar) => Object.assign({}, grammar, { embeddedLangs: [] }));
}

function isLanguage(name: string): name is LanguageName {
  return Object.hasOwn(GRAMMARS, name);
}

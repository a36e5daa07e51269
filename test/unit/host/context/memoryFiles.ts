import type { FilePort } from '../../../../src/host/context/contextPorts';

const TOP = 'file:///w';

/** Files in memory under one workspace folder, by their paths in it. */
export function memoryFiles(
  contents: Readonly<Record<string, string | Uint8Array>>,
  open: Readonly<Record<string, string>> = {},
  excludes: readonly string[] = [],
): FilePort {
  const all = new Map(
    Object.entries(contents).map(([path, text]) => [
      `${TOP}/${path}`,
      typeof text === 'string' ? Buffer.from(text) : text,
    ]),
  );
  const read = (uri: string): Uint8Array => {
    const bytes = all.get(uri);
    if (!bytes) throw new Error(`no file ${uri}`);
    return bytes;
  };
  return {
    folders: [TOP],
    stat: async (uri) => {
      const isFolder = [...all.keys()].some((one) => one.startsWith(`${uri}/`));
      return isFolder ? { isFolder, bytes: 0 } : { isFolder, bytes: read(uri).length };
    },
    read: async (uri) => read(uri),
    list: async (uri) => {
      const names = new Map<string, boolean>();
      for (const one of all.keys()) {
        if (!one.startsWith(`${uri}/`)) continue;
        const [name = '', ...rest] = one.slice(uri.length + 1).split('/');
        names.set(name, rest.length > 0);
      }
      return [...names].map(([name, isFolder]) => ({ name, isFolder })).toReversed();
    },
    join: (folder, name) => `${folder}/${name}`,
    openText: (uri) => open[uri.slice(TOP.length + 1)],
    decode: async (bytes) =>
      new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-8').decode(bytes),
    pathOf: (uri) => (uri === TOP ? 'w' : uri.slice(TOP.length + 1)),
    uriOf: (path) => (path === 'w' ? TOP : `${TOP}/${path}`),
    languageOf: () => 'typescript',
    excludes: () => excludes,
    find: async (_folder, { include }) =>
      [...all.keys()].filter((uri) => include === '**/*' || uri.endsWith('/.gitignore')),
    watch: () => ({ dispose: () => undefined }),
  };
}

// @ts-check
/**
 * Makes the .vsix and checks it: `npm run package [-- --skip-build]`. The result is in artifacts/.
 */
import { createVSIX } from '@vscode/vsce';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checkBudgets } from './lib/budgets.mjs';
import { build } from './lib/build.mjs';
import { readJson } from './lib/json.mjs';
import { thirdPartyNotices } from './lib/notices.mjs';
import { artifactsDir, distDir, root } from './lib/paths.mjs';
import { listZip } from './lib/zip.mjs';

/** What only diagrams and formulas need: the drawing library and the fonts. */
const drawings = /^extension\/dist\/webview\/(chunks\/frame-\w+\.js|fonts\/.+)$/;
const limits = { all: 4_000_000, withoutDrawings: 2_000_000 };

/** All that may be inside. The list in .vscodeignore decides what is; this one notices a mistake there. */
const expected = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package(\.nls(\.[\w-]+)?)?\.json$/,
  /^extension\/(readme|changelog)\.md$/i,
  /^extension\/LICENSE(\.txt)?$/i,
  /^extension\/l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^extension\/media\/[\w/.-]+\.(svg|png|md|css)$/,
  /^extension\/dist\/(extension|storeWorker|headless|simulator)\.js$/,
  /^extension\/dist\/chunks\/[\w.-]+\.js$/,
  /^extension\/dist\/webview\/(chunks\/)?[\w.-]+\.(js|css|ttf)$/,
  /^extension\/dist\/webview\/fonts\/[\w.-]+\.woff2$/,
  /^extension\/dist\/THIRD-PARTY-NOTICES\.txt$/,
];

/** Without one of these it would not run. */
const required = [
  'extension/package.json',
  'extension/dist/extension.js',
  'extension/dist/storeWorker.js',
  'extension/dist/headless.js',
  'extension/dist/simulator.js',
  'extension/dist/webview/chat.js',
  'extension/dist/webview/chat.css',
  'extension/dist/webview/math.css',
  'extension/dist/webview/dashboard.js',
  'extension/dist/webview/dashboard.css',
  'extension/dist/webview/report.js',
  'extension/dist/webview/report.css',
  'extension/dist/webview/codicon.css',
  'extension/dist/webview/codicon.ttf',
  'extension/dist/THIRD-PARTY-NOTICES.txt',
];

const { values } = parseArgs({ options: { 'skip-build': { type: 'boolean', default: false } } });

if (!values['skip-build']) await build();
await writeFile(path.join(distDir, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices());
const vsix = await pack();
const entries = await listZip(vsix);
const { size } = await stat(vsix);
const names = entries.map(({ name }) => name);
const drawn = entries.filter(({ name }) => drawings.test(name));
const withoutDrawings = size - drawn.reduce((sum, { packedBytes }) => sum + packedBytes, 0);

const problems = [
  ...names
    .filter((name) => !expected.some((pattern) => pattern.test(name)))
    .map((name) => `Not to be packaged: ${name}`),
  ...required.filter((name) => !names.includes(name)).map((name) => `Missing: ${name}`),
  ...(size > limits.all ? [`${size} bytes, the limit is ${limits.all}`] : []),
  ...(withoutDrawings > limits.withoutDrawings
    ? [
        `${withoutDrawings} bytes without ${drawings.source}, the limit is ${limits.withoutDrawings}`,
      ]
    : []),
  ...(await checkBudgets().then(({ ok, output }) => (ok ? [] : [output]))),
];
for (const { name, packedBytes } of entries
  .toSorted((a, b) => b.packedBytes - a.packedBytes)
  .slice(0, 8)) {
  console.log(`${String(packedBytes).padStart(9)}  ${name}`);
}
console.log(
  `${path.relative(root, vsix)}: ${entries.length} files, ${(size / 1000).toFixed(0)} kB, ` +
    `${(withoutDrawings / 1000).toFixed(0)} kB of it without diagrams and fonts of formulas`,
);
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

async function pack() {
  const manifest = /** @type {{ name: string, version: string }} */ (
    await readJson(path.join(root, 'package.json'))
  );
  const packagePath = path.join(artifactsDir, `${manifest.name}-${manifest.version}.vsix`);
  await mkdir(artifactsDir, { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath,
    // Everything needed is bundled.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}

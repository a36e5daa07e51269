// @ts-check
/**
 * Checks the layers of docs/ARCHITECTURE.md with dependency-cruiser.
 * `node scripts/layers.mjs [FOLDER]`: the folder with a src in it, default this project.
 * A run that read no modules is a failure: it would have found nothing wrong in any code.
 */
import { cruise } from 'dependency-cruiser';
import path from 'node:path';
import process from 'node:process';
import configuration from '../.dependency-cruiser.mjs';
import { root } from './lib/paths.mjs';

const folder = path.resolve(process.argv[2] ?? root);
process.chdir(folder);
const { output } = await cruise(['src'], {
  ...configuration.options,
  ruleSet: { forbidden: configuration.forbidden ?? [] },
  validate: true,
});
if (typeof output === 'string') throw new Error('dependency-cruiser gave no structured result');

const { summary, modules } = output;
const own = modules.filter(({ source }) => source.startsWith('src/'));
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(`${own.length} modules, ${summary.violations.length} violations`);
if (own.length === 0) console.error('No modules were read below src.');
process.exit(own.length > 0 && summary.violations.length === 0 ? 0 : 1);

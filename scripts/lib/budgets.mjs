// @ts-check
/** Limits on what is loaded before a person has asked for anything. */
import { packagesIn, readMetafile, staticClosure } from './metafiles.mjs';

const activationLimitBytes = 150_000;

/** These take long to load; they are imported when the first request is made. */
const lateOnly = ['@anthropic-ai/sdk', 'p-queue', 'undici'];

/** @returns {Promise<{ ok: boolean, output: string }>} */
export async function checkBudgets() {
  const metafile = await readMetafile('extension');
  const loaded = staticClosure(metafile, 'dist/extension.js');
  const bytes = [...loaded].reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
  const tooEarly = [...packagesIn(metafile, loaded)].filter((folder) =>
    lateOnly.some((name) => folder.endsWith(`node_modules/${name}`)),
  );
  const problems = [
    ...(bytes > activationLimitBytes
      ? [
          `Activation loads ${bytes} bytes of JavaScript, the limit is ${activationLimitBytes}:`,
          ...loaded,
        ]
      : []),
    ...tooEarly.map((folder) => `Activation loads ${folder}; import it where it is first used.`),
  ];
  return { ok: problems.length === 0, output: problems.join('\n') };
}

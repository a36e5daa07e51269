// @ts-check
/** Limits on what is loaded before a person has asked for anything. */
import { packagesIn, readMetafile, staticClosure } from './metafiles.mjs';

const activationLimitBytes = 150_000;

/** These take long to load; they are imported when the first request is made. */
const lateOnly = ['@anthropic-ai/sdk', 'p-queue', 'undici'];

/** What the chat's page loads before there is a conversation, bytes. */
const chatLimitBytes = 400_000;

/** These come with the first code block, formula and diagram. */
const lateInChat = ['@shikijs/core', 'katex', 'mermaid'];

/** @returns {Promise<{ ok: boolean, output: string }>} */
export async function checkBudgets() {
  const problems = [...(await activationProblems()), ...(await chatProblems())];
  return { ok: problems.length === 0, output: problems.join('\n') };
}

async function chatProblems() {
  const metafile = await readMetafile('webview');
  const loaded = staticClosure(metafile, 'dist/webview/chat.js');
  const bytes = [...loaded].reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
  const inputs = [...loaded].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
  const tooEarly = [...packagesIn(metafile, loaded)].filter((folder) =>
    lateInChat.some((name) => folder.endsWith(`node_modules/${name}`)),
  );
  return [
    ...(bytes > chatLimitBytes
      ? [`The chat loads ${bytes} bytes of JavaScript at once, the limit is ${chatLimitBytes}.`]
      : []),
    ...tooEarly.map((folder) => `The chat loads ${folder} at once; import it where it is used.`),
    ...(inputs.includes('diagram:diagram-script')
      ? ['The chat loads the script of diagrams at once.']
      : []),
  ];
}

async function activationProblems() {
  const metafile = await readMetafile('extension');
  const loaded = staticClosure(metafile, 'dist/extension.js');
  const bytes = [...loaded].reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
  const tooEarly = [...packagesIn(metafile, loaded)].filter((folder) =>
    lateOnly.some((name) => folder.endsWith(`node_modules/${name}`)),
  );
  return [
    ...(bytes > activationLimitBytes
      ? [
          `Activation loads ${bytes} bytes of JavaScript, the limit is ${activationLimitBytes}:`,
          ...loaded,
        ]
      : []),
    ...tooEarly.map((folder) => `Activation loads ${folder}; import it where it is first used.`),
  ];
}

// @ts-check
/**
 * `npm start`: VS Code with the extension in it and the chat open, on any machine with Node 20.
 *
 *   npm start -- [FOLDER] [--folder FOLDER] [--server] [--port N] [--no-open]
 *
 * FOLDER     the workspace, default: a small sample
 * --server   VS Code's server in a browser even where desktop VS Code is installed
 * --port     of the server, default: a free one
 * --no-open  don't open a browser
 *
 * Without ANTHROPIC_API_KEY the extension is told (PULSE_START_DEMO=1) to answer from its local
 * simulator as long as it has no key of its own.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { bootstrap } from './lib/bootstrap.mjs';
import { cacheDir } from './lib/paths.mjs';

const usage = 'npm start -- [FOLDER] [--folder FOLDER] [--server] [--port N] [--no-open]';
const options = readOptions();
await bootstrap(import.meta.filename);

// Not before: these need the installed dependencies.
const { build } = await import('./lib/build.mjs');
const { startDesktop, startInBrowser } = await import('./lib/startEditor.mjs');
const { prepareSession } = await import('./lib/startSession.mjs');

try {
  console.log('Building');
  await build();
  const session = await prepareSession(path.join(cacheDir, 'start'), options.folder);
  const started = options.server ? undefined : await startDesktop(session);
  const { summary, ended } = started ?? (await startInBrowser(session, options));
  console.log(['', ...summary, session.keyNote, 'Ctrl-C ends it.', ''].join('\n'));
  await ended;
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        server: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string' },
        folder: { type: 'string' },
      },
    });
    const given = values.folder ?? positionals[0];
    const folder = given === undefined ? undefined : path.resolve(given);
    if (folder !== undefined && !(existsSync(folder) && statSync(folder).isDirectory())) {
      throw new Error(`Not a folder: ${folder}`);
    }
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      throw new Error(`--port: expected 0 to 65535, got ${values.port ?? ''}`);
    }
    return { server: values.server, open: !values['no-open'], port, folder };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

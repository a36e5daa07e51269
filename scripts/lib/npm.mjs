// @ts-check
/** Runs npm, whichever way this script was started. */
import process from 'node:process';
import { run } from './processes.mjs';

/**
 * The npm that started this script when there is one (it is a script of its own and so needs no
 * shell on Windows), else the one on PATH.
 * @param {readonly string[]} args
 * @param {import('./processes.mjs').RunOptions} options
 */
export function npm(args, options) {
  const script = process.env['npm_execpath'];
  const env = npmEnvironment(options.env ?? process.env);
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return run(process.execPath, [script, ...args], { ...options, env });
  }
  return process.platform === 'win32'
    ? run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { ...options, env })
    : run('npm', args, { ...options, env });
}

/**
 * An outer npm hands its project's configuration down in the environment; what belongs to that
 * project must not leak into an install elsewhere.
 * @param {NodeJS.ProcessEnv} env
 */
function npmEnvironment(env) {
  const drop = /^npm_(package|lifecycle|command|config_local_prefix|config_prefix)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !drop.test(name)));
}

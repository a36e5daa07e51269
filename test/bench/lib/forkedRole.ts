import { fork, type ChildProcess } from 'node:child_process';

const ROLE = 'PULSE_BENCH_ROLE';

/** A bench is one bundled file, so its servers are that same file, started again with a role. */
export function hasRole(role: string): boolean {
  return process.env[ROLE] === role;
}

/** Starts this bench's file again with a role. It ends with `disconnect`. */
export function forkWithRole(role: string): ChildProcess {
  const file = process.argv[1];
  if (file === undefined) throw new Error('a bench server needs a script file to start');
  return fork(file, {
    env: { ...process.env, [ROLE]: role },
    execArgv: [],
    serialization: 'advanced',
  });
}

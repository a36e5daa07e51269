/** Runs once for all end-to-end files: everything slow that they can share. */
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { chromiumArgs, requireChromium } from '../../scripts/lib/chromium.mjs';
import { currentRelease, installVscodeServer } from '../../scripts/lib/vscodeServer.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browserEndpoint: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installVscodeServer(currentRelease);
  const server = await chromium.launchServer({
    executablePath: await requireChromium(),
    args: chromiumArgs,
    // A random path in the address keeps other local processes out.
    host: '127.0.0.1',
  });
  project.provide('browserEndpoint', server.wsEndpoint());
  return () => server.close();
}

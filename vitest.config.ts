import { defineConfig } from 'vitest/config';

/** Unit and architecture tests: no editor, no browser. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['test/unit/**/*.test.{ts,tsx}', 'test/architecture/**/*.test.ts'],
    environment: 'node',
    testTimeout: 10_000,
    hookTimeout: 10_000,
    // What is waited for comes soon, but for a machine that is busy with something else.
    expect: { poll: { timeout: 5_000 } },
    // Two processor cores are what a CI machine has; more workers only take turns.
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
  },
});

import { defineConfig } from 'vitest/config';

/** Unit and architecture tests: no editor, no browser. */
export default defineConfig({
  test: {
    // Two processor cores are what a CI machine has; more workers only take turns.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/unit/**/*.test.ts', 'test/architecture/**/*.test.ts'],
          exclude: ['test/unit/webview/**'],
          // Most files take less time than a process of their own would; they leave nothing behind for one another.
          isolate: false,
          ...common(),
        },
      },
      {
        extends: true,
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'webview',
          include: ['test/unit/webview/**/*.test.{ts,tsx}'],
          // A document for each file, without loading jsdom anew for each: three times as fast.
          pool: 'vmThreads',
          ...common(),
        },
      },
    ],
  },
});

function common() {
  return {
    environment: 'node',
    testTimeout: 10_000,
    hookTimeout: 10_000,
    // What is waited for comes soon, but for a machine that is busy with something else.
    expect: { poll: { timeout: 5_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
  };
}

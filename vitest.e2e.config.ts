import { defineConfig } from 'vitest/config';

/** End-to-end tests: a person's way through the real workbench, one file after the other. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/helpers/e2eSetup.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // Each file has a server and a browser page of its own, and mostly waits.
    maxWorkers: 2,
    // The steps of a file build on each other: after a failure the rest would only mislead.
    bail: 0,
  },
});

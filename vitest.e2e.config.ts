import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Slowest first, so that at the end no worker waits long for the other one. */
const bySlowness = [
  'answers',
  'conversations',
  'badDay',
  'metrics',
  'chat',
  'composing',
  'package',
];

class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      bySlowness.indexOf(path.basename(moduleId, '.test.ts'));
    return Promise.resolve([...files].sort((a, b) => rank(a) - rank(b)));
  }
}

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
    sequence: { sequencer: SlowestFirst },
    // The steps of a file build on each other: after a failure the rest would only mislead.
    bail: 0,
  },
});

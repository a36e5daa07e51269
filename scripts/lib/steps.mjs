// @ts-check
/** Runs named commands, a few at a time, and tells briefly what succeeded and fully what failed. */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<{ ok: boolean, output: string }>} run
 *
 * @param {readonly Step[]} steps
 * @param {number} atOnce
 * @returns {Promise<import('./reports.mjs').TestRecord[]>}
 */
export async function runSteps(steps, atOnce) {
  const waiting = [...steps];
  /** @type {import('./reports.mjs').TestRecord[]} */
  const records = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      records.push(await runStep(step));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return records;
}

/** @param {Step} step @returns {Promise<import('./reports.mjs').TestRecord>} */
export async function runStep({ name, run }) {
  const startedAt = performance.now();
  const result = await run().catch((error) => ({ ok: false, output: describe(error) }));
  const durationMs = performance.now() - startedAt;
  console.log(`${result.ok ? '✓' : '✗'} ${name} (${(durationMs / 1000).toFixed(1)} s)`);
  if (result.ok) return { title: name, state: 'passed', durationMs };
  console.log(result.output.trimEnd());
  return { title: name, state: 'failed', durationMs, error: result.output };
}

/** @param {unknown} error */
const describe = (error) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

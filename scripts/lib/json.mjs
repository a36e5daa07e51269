// @ts-check
import { readFile } from 'node:fs/promises';

/**
 * A JSON file, whose shape is for the caller to state.
 * @param {string} file
 * @returns {Promise<unknown>}
 */
export async function readJson(file) {
  /** @type {unknown} */
  const value = JSON.parse(await readFile(file, 'utf8'));
  return value;
}

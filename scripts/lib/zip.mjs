// @ts-check
/** Lists a zip file's entries: enough to see what was packaged. */
import { readFile } from 'node:fs/promises';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/**
 * @param {string} file
 * @returns {Promise<{ name: string, bytes: number, packedBytes: number }[]>}
 */
export async function listZip(file) {
  const data = await readFile(file);
  let end = data.length - 22;
  while (end >= 0 && data.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new Error(`${file} is not a zip file`);
  const entries = [];
  let at = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (data.readUInt32LE(at) !== entrySignature) throw new Error(`${file} has a broken directory`);
    const nameLength = data.readUInt16LE(at + 28);
    entries.push({
      name: data.toString('utf8', at + 46, at + 46 + nameLength),
      bytes: data.readUInt32LE(at + 24),
      packedBytes: data.readUInt32LE(at + 20),
    });
    at += 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  return entries;
}

import { MAX_DATA_LENGTH } from '../../../protocol/chatToHost';

/** Largest file that fits in a message as base64, bytes. */
export const MAX_FILE_BYTES = Math.floor(MAX_DATA_LENGTH / 4) * 3;

/** The file's bytes in base64. Rejects where it can't be read: a folder, say. */
export async function readBase64(file: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () =>
      resolve(typeof reader.result === 'string' ? reader.result : ''),
    );
    reader.addEventListener('error', () => reject(reader.error ?? new Error('not readable')));
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(',') + 1);
}

import type { IncomingMessage } from 'node:http';
import { ApiProblem, invalid } from '../apiProblem';

/** Of a body for /v1/messages and /v1/messages/count_tokens, in bytes. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** What is still read, and thrown away, of a body that is too large, so that the client gets to see the answer. */
const MAX_DRAINED_BYTES = 4 * MAX_BODY_BYTES;

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('expected the request body as bytes');
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) break;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > MAX_BODY_BYTES) throw new ApiProblem(413, 'Request exceeds the maximum size');
  return Buffer.concat(chunks);
}

/**
 * The request's JSON body.
 * @throws ApiProblem 413 above 32 MB, 400 when it is not JSON
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const encoding = request.headers['content-encoding'];
  const body = await collect(request);
  if (encoding !== undefined && encoding !== 'identity') {
    throw invalid(`Content-Encoding ${encoding} is not supported`);
  }
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : '';
    throw invalid(`The request body is not valid JSON: ${detail}`);
  }
}

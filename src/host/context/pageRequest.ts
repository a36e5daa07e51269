import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { ContextError } from './contextProblem';
import type { PageRequest, PageResponse } from './webFetcher';

const ACCEPT = 'text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.9,*/*;q=0.5';

/**
 * One GET, through the editor's proxy settings where it has some. The connection names the checked address itself, so that neither
 * this machine nor a proxy looks the name up again; the certificate is still checked against the name.
 */
export function requestPage({
  url,
  address,
  maxBytes,
  signal,
}: PageRequest): Promise<PageResponse> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const name = url.hostname.replace(/^\[|\]$/gu, '');
    const request = (isSecure ? https : http).get(
      {
        host: address,
        port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        // A name of its own in TLS is for names only.
        ...(isSecure && isIP(name) === 0 && { servername: name }),
        // Compressed answers would have to be unpacked within limits.
        headers: {
          host: url.host,
          accept: ACCEPT,
          'accept-encoding': 'identity',
          'user-agent': 'pulse-context',
        },
        signal,
      },
      (response) => {
        const chunks: Uint8Array[] = [];
        let bytes = 0;
        response.on('data', (chunk: Uint8Array) => {
          bytes += chunk.length;
          if (bytes > maxBytes)
            request.destroy(new ContextError({ kind: 'tooLarge', bytes, maxBytes }));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            contentType: response.headers['content-type'] ?? '',
            bytes: Buffer.concat(chunks),
          });
        });
      },
    );
    request.on('error', reject);
  });
}

/** A server on this machine that speaks the Messages API. */
export interface LocalServer {
  /** "Ollama". */
  readonly name: string;
  readonly baseURL: string;
}

/** Where such servers listen when nobody has changed it. */
export const KNOWN_SERVERS: readonly LocalServer[] = [
  { name: 'Ollama', baseURL: 'http://127.0.0.1:11434' },
  { name: 'LM Studio', baseURL: 'http://127.0.0.1:1234' },
];

/** Asks each of them whether it is there, half a second at most. Never rejects. */
export async function findLocalServers(): Promise<readonly LocalServer[]> {
  const { probeServer } = await import('../../engine/models/probeServer');
  const found = await Promise.all(
    KNOWN_SERVERS.map(async (server) => {
      const answer = await probeServer(server.baseURL, globalThis.fetch, undefined);
      return answer === 'anthropic' ? [server] : [];
    }),
  );
  return found.flat();
}

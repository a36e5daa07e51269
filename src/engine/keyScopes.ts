import { createHash } from 'node:crypto';
import type { KeySource } from './ports';

const LENGTH = 16;

/**
 * Tells keys apart without keeping them: what several windows share about a key's rate limits goes by these names. Twelve bytes of a
 * hash do not lead back to a key, which is long and random.
 */
export class KeyScopes implements KeySource {
  readonly #keys: KeySource;
  #scopes = new Map<string, string>();

  constructor(keys: KeySource) {
    this.#keys = keys;
  }

  async getKey(endpointId: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    // A key that was asked for before a change goes with what was known before it.
    const scopes = this.#scopes;
    const key = await this.#keys.getKey(endpointId, signal);
    if (!scopes.has(endpointId)) {
      const text = `pulse limits 1\n${endpointId}\n${key ?? ''}`;
      const hash = createHash('sha256').update(text).digest('base64url').slice(0, LENGTH);
      scopes.set(endpointId, hash);
    }
    return key;
  }

  /** The same for the same endpoint and key, everywhere on this machine; by the endpoint alone while its key was never asked for. */
  scope(endpointId: string): string {
    return `${endpointId}#${this.#scopes.get(endpointId) ?? ''}`;
  }

  keyChanged(): void {
    this.#scopes = new Map();
  }
}

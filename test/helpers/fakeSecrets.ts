import { Emitter } from '../../src/base/event';
import type { Consent, ConsentMemory, SecretStorageLike } from '../../src/host/secrets/keyStore';

/** VS Code's secret storage, in memory. */
export class FakeSecrets implements SecretStorageLike {
  readonly stored = new Map<string, string>();
  readonly #changed = new Emitter<{ readonly key: string }>();
  readonly onDidChange = this.#changed.event;

  async get(key: string): Promise<string | undefined> {
    return this.stored.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    this.stored.set(key, value);
    this.#changed.fire({ key });
  }

  async delete(key: string): Promise<void> {
    this.stored.delete(key);
    this.#changed.fire({ key });
  }
}

/** What the user has said about the environment's key. */
export class FakeConsent implements ConsentMemory {
  readonly #consents = new Map<string, Consent>();

  get(endpointId: string): Consent {
    return this.#consents.get(endpointId);
  }

  async set(endpointId: string, consent: Consent): Promise<void> {
    this.#consents.set(endpointId, consent);
  }
}

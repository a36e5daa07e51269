import { abortable } from '../../base/abort';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { KeySource } from '../../engine/ports';
import type { Redactor } from '../logging/redactor';

/** The part of VS Code's `SecretStorage` that is used. */
export interface SecretStorageLike {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  onDidChange(listener: (event: { readonly key: string }) => void): DisposableLike;
}

/** Whether the key of the environment may be used for an endpoint; `undefined`: not asked yet. */
export type Consent = 'allowed' | 'declined' | undefined;

export interface ConsentMemory {
  get(endpointId: string): Consent;
  /** Rejects when it can't be kept. */
  set(endpointId: string, consent: Consent): Promise<void>;
}

const KEY_PREFIX = 'pulse.key:';
const HEADER_PREFIX = 'pulse.header:';

/**
 * Where keys and secret header values are: in SecretStorage and nowhere else, each under the endpoint that it was set for,
 * so that another base URL never gets it. The one exception is `ANTHROPIC_API_KEY`, read from the environment at each use
 * and only for an endpoint that the user has allowed it for.
 */
export class KeyStore extends Disposable implements KeySource {
  readonly #secrets: SecretStorageLike;
  readonly #environmentKey: string | undefined;
  readonly #consent: ConsentMemory;
  readonly #redactor: Redactor;
  readonly #changed = this._register(new Emitter<string>());

  /** The id of an endpoint whose key or header secret was set, replaced or cleared, in this window or another. */
  readonly onChange: Event<string> = this.#changed.event;

  constructor(
    secrets: SecretStorageLike,
    environmentKey: string | undefined,
    consent: ConsentMemory,
    redactor: Redactor,
  ) {
    super();
    this.#secrets = secrets;
    this.#environmentKey = environmentKey?.trim() || undefined;
    this.#consent = consent;
    this.#redactor = redactor;
    if (this.#environmentKey !== undefined) redactor.add(this.#environmentKey);
    this._register(
      secrets.onDidChange(({ key }) => {
        const endpointId = endpointOf(key);
        if (endpointId !== undefined) this.#changed.fire(endpointId);
      }),
    );
  }

  async getKey(endpointId: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const stored = await this.#read(KEY_PREFIX + endpointId, signal);
    if (stored !== undefined) return stored;
    return this.#consent.get(endpointId) === 'allowed' ? this.#environmentKey : undefined;
  }

  /** Rejects when VS Code can't keep it. */
  async setKey(endpointId: string, key: string): Promise<void> {
    this.#redactor.add(key);
    await this.#secrets.store(KEY_PREFIX + endpointId, key);
  }

  /** Forgets the stored key, and that the environment's one may be used. */
  async clearKey(endpointId: string): Promise<void> {
    if (this.#consent.get(endpointId) === 'allowed') {
      await this.#consent.set(endpointId, 'declined');
    }
    await this.#secrets.delete(KEY_PREFIX + endpointId);
    this.#changed.fire(endpointId);
  }

  get hasEnvironmentKey(): boolean {
    return this.#environmentKey !== undefined;
  }

  environmentConsent(endpointId: string): Consent {
    return this.#consent.get(endpointId);
  }

  async setEnvironmentConsent(
    endpointId: string,
    consent: Exclude<Consent, undefined>,
  ): Promise<void> {
    await this.#consent.set(endpointId, consent);
    this.#changed.fire(endpointId);
  }

  headerSecret(endpointId: string, name: string): Promise<string | undefined> {
    return this.#read(headerKey(endpointId, name), undefined);
  }

  async setHeaderSecret(endpointId: string, name: string, value: string): Promise<void> {
    this.#redactor.add(value);
    await this.#secrets.store(headerKey(endpointId, name), value);
  }

  async clearHeaderSecret(endpointId: string, name: string): Promise<void> {
    await this.#secrets.delete(headerKey(endpointId, name));
  }

  async #read(key: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const value = await abortable(Promise.resolve(this.#secrets.get(key)), signal);
    if (value !== undefined) this.#redactor.add(value);
    return value;
  }
}

function headerKey(endpointId: string, name: string): string {
  return `${HEADER_PREFIX}${endpointId} ${name}`;
}

function endpointOf(secretKey: string): string | undefined {
  if (secretKey.startsWith(KEY_PREFIX)) return secretKey.slice(KEY_PREFIX.length);
  if (!secretKey.startsWith(HEADER_PREFIX)) return undefined;
  // Neither part can hold a space: ids are addresses, names are checked.
  return secretKey.slice(HEADER_PREFIX.length).split(' ', 1)[0];
}

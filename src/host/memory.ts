import type { SavedBreaker } from '../engine/ports';
import type { BreakerStorage } from './breakerMemory';
import type { EndpointMode } from './endpoints/endpointState';
import { parseMode } from './endpoints/endpointState';
import { parseChoice } from './models/modelChoice';
import type { RememberedChoice } from './models/modelChoice';
import type { Consent, ConsentMemory } from './secrets/keyStore';

/** The part of VS Code's `Memento` that is used. */
export interface MementoLike {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEYS = {
  choice: 'pulse.choice',
  mode: 'pulse.endpointMode',
  consent: 'pulse.environmentKey',
  breakers: 'pulse.breakers',
} as const;

/** What is remembered between windows beside settings, secrets, chats and the store: never anything secret. */
export class Memory implements ConsentMemory, BreakerStorage {
  readonly #workspace: MementoLike;
  readonly #global: MementoLike;
  readonly #onFault: (error: unknown) => void;

  constructor(workspace: MementoLike, global: MementoLike, onFault: (error: unknown) => void) {
    this.#workspace = workspace;
    this.#global = global;
    this.#onFault = onFault;
  }

  /** The model and effort chosen in this workspace, else those chosen last anywhere. */
  choice(endpointId: string): RememberedChoice {
    const key = `${KEYS.choice}:${endpointId}`;
    return { ...parseChoice(this.#global.get(key)), ...parseChoice(this.#workspace.get(key)) };
  }

  rememberChoice(endpointId: string, choice: RememberedChoice): void {
    const key = `${KEYS.choice}:${endpointId}`;
    this.#keep(this.#workspace, key, choice);
    this.#keep(this.#global, key, choice);
  }

  mode(): EndpointMode | undefined {
    return parseMode(this.#global.get(KEYS.mode));
  }

  async rememberMode(mode: EndpointMode): Promise<void> {
    await this.#global.update(KEYS.mode, mode);
  }

  savedBreakers(): unknown {
    return this.#global.get(KEYS.breakers);
  }

  rememberBreakers(saved: readonly SavedBreaker[]): void {
    this.#keep(this.#global, KEYS.breakers, saved);
  }

  get(endpointId: string): Consent {
    const value = this.#global.get(`${KEYS.consent}:${endpointId}`);
    return value === 'allowed' || value === 'declined' ? value : undefined;
  }

  async set(endpointId: string, consent: Consent): Promise<void> {
    await this.#global.update(`${KEYS.consent}:${endpointId}`, consent);
  }

  #keep(memento: MementoLike, key: string, value: unknown): void {
    Promise.resolve(memento.update(key, value)).catch((error: unknown) => this.#onFault(error));
  }
}

import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import { EngineError } from '../../engine/errors';
import type { Endpoint } from '../../engine/types';
import type { KeyStore } from '../secrets/keyStore';
import { NOWHERE } from './endpointSettings';
import { demoEndpoint, endpointState, idOf } from './endpointState';
import type { EndpointMode, EndpointState } from './endpointState';
import { MissingSecretError, resolveHeaders, secretReferences } from './headerSecrets';

/** The simulator, started when it is first needed. */
export interface DemoServer {
  /** Its base URL; starts it if it does not run. Rejects when it can't be started. */
  start(): Promise<string>;
  stop(): void;
}

export interface EndpointDeps {
  readonly keys: KeyStore;
  readonly demo: DemoServer;
  readonly startInDemo: boolean;
  /** The endpoint of the settings, read anew each time. */
  readonly configured: () => Endpoint;
  /** The endpoints beside it in the settings, read anew each time. */
  readonly listed: () => readonly Endpoint[];
  readonly onSettingsChange: Event<void>;
  readonly mode: () => EndpointMode | undefined;
  /** Rejects when it can't be kept. */
  readonly rememberMode: (mode: EndpointMode) => Promise<void>;
  /** Something went wrong where nobody waits for it. */
  readonly onFault: (error: unknown) => void;
}

/** An endpoint of the settings, and what keeps it from being used. */
export interface EndpointStanding {
  /** Header values as written. */
  readonly endpoint: Endpoint;
  readonly lacks: 'key' | 'secret' | undefined;
}

/** Where questions go, with secrets in the headers: for the engine only. */
export interface Connection {
  readonly primary: Endpoint;
  readonly others: readonly Endpoint[];
}

/** Knows where questions go, and changes that. */
export class EndpointService extends Disposable {
  readonly #deps: EndpointDeps;
  readonly #changed = this._register(new Emitter<EndpointState>());
  #state: EndpointState;
  #standings: readonly EndpointStanding[] = [];
  #loaded: Promise<void> | undefined;
  /** Counts the looks at the facts: of two at once only the later one's result counts. */
  #look = 0;
  #newestLook: Promise<void> | undefined;

  /** The state, or a key, a secret or one of the other endpoints, is another. */
  readonly onChange = this.#changed.event;

  constructor(deps: EndpointDeps) {
    super();
    this.#deps = deps;
    this.#state = endpointState({ ...this.#facts(), hasKey: false });
    const again = (): void => void this.refresh();
    this._register(deps.onSettingsChange(again));
    this._register(deps.keys.onChange(again));
  }

  /** As last seen; `load` has seen it once. */
  get state(): EndpointState {
    return this.#state;
  }

  get id(): string {
    return idOf(this.#state);
  }

  /** The settings' first endpoint, whatever is in use: the one that a key is set for when there is no other. */
  get configured(): Endpoint {
    return this.#deps.configured();
  }

  /** All endpoints of the settings as last seen, whatever is in use, the first one first; empty before `load`. */
  get standings(): readonly EndpointStanding[] {
    return this.#standings;
  }

  /** Looks for the keys for the first time. Never rejects. */
  load(): Promise<void> {
    this.#loaded ??= this.refresh();
    return this.#loaded;
  }

  /**
   * The endpoints as they are to be sent to: the demo started, secrets put into the headers. The demo and a server on this machine have no
   * others beside them, and those without key or secret are left out.
   * @throws EngineError `invalid_input` for a missing header secret of the first one; Error when the demo does not start
   */
  async connect(): Promise<Connection> {
    await this.load();
    // A setting or key that was changed a moment ago counts already.
    await this.#newestLook;
    const state = this.#state;
    const usable = this.#standings.slice(1).filter(({ lacks }) => lacks === undefined);
    if (state.kind === 'demo') {
      return { primary: demoEndpoint(await this.#deps.demo.start()), others: [] };
    }
    const primary = await this.withSecrets(state.endpoint);
    // Where nothing may be sent to the first one, nothing goes to others in its place.
    const isAlone = state.kind === 'local' || state.kind === 'none' || primary.baseURL === NOWHERE;
    if (isAlone) return { primary, others: [] };
    const others = await Promise.all(usable.map(({ endpoint }) => this.#ready(endpoint)));
    return { primary, others: others.filter((other) => other !== undefined) };
  }

  /** @throws EngineError `invalid_input` for a missing header secret */
  async withSecrets(endpoint: Endpoint): Promise<Endpoint> {
    try {
      const headers = await resolveHeaders(endpoint.headers, (name) =>
        this.#deps.keys.headerSecret(endpoint.id, name),
      );
      return { ...endpoint, headers };
    } catch (error) {
      if (!(error instanceof MissingSecretError)) throw error;
      throw new EngineError(
        'invalid_input',
        `${error.message} Run "Pulse: Set Header Secret" to set it.`,
        { cause: error },
      );
    }
  }

  /** Rejects when the choice can't be kept. */
  async choose(mode: EndpointMode): Promise<void> {
    await this.#deps.rememberMode(mode);
    if (mode.kind !== 'demo') this.#deps.demo.stop();
    await this.refresh();
  }

  /** Looks at settings and keys again and tells; one that is overtaken by another ends with that. Never rejects. */
  refresh(): Promise<void> {
    const seen = this.#lookAgain();
    this.#newestLook = seen;
    return seen;
  }

  override dispose(): void {
    this.#deps.demo.stop();
    super.dispose();
  }

  async #lookAgain(): Promise<void> {
    const look = ++this.#look;
    const { configured, listed } = this.#deps;
    const standings = await Promise.all(
      [configured(), ...listed()].map((endpoint) => this.#standingOf(endpoint)),
    );
    if (this.isDisposed) return;
    if (look !== this.#look) {
      await this.#newestLook;
      return;
    }
    this.#standings = standings;
    const hasKey = standings[0]?.hasKey ?? false;
    this.#state = endpointState({ ...this.#facts(), hasKey });
    this.#changed.fire(this.#state);
  }

  /** Never rejects: what can't be read is not there. */
  async #standingOf(endpoint: Endpoint): Promise<EndpointStanding & { readonly hasKey: boolean }> {
    const { keys, onFault } = this.#deps;
    const { id, authStyle, headers } = endpoint;
    try {
      const hasKey = (await keys.getKey(id, undefined)) !== undefined;
      if (!hasKey && authStyle !== 'none') return { endpoint, hasKey, lacks: 'key' };
      for (const name of secretReferences(headers)) {
        const secret = await keys.headerSecret(id, name);
        if (secret === undefined) return { endpoint, hasKey, lacks: 'secret' };
      }
      return { endpoint, hasKey, lacks: undefined };
    } catch (error) {
      onFault(error);
      return { endpoint, hasKey: false, lacks: 'key' };
    }
  }

  /** Another endpoint that can't be used is left out, so that it harms no question. */
  async #ready(endpoint: Endpoint): Promise<Endpoint | undefined> {
    try {
      return await this.withSecrets(endpoint);
    } catch (error) {
      this.#deps.onFault(error);
      return undefined;
    }
  }

  #facts() {
    const { mode, startInDemo } = this.#deps;
    return { mode: mode(), configured: this.configured, startInDemo };
  }
}

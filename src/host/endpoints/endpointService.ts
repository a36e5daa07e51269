import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import { EngineError } from '../../engine/errors';
import type { Endpoint } from '../../engine/types';
import type { KeyStore } from '../secrets/keyStore';
import { MissingSecretError, resolveHeaders } from './endpointSettings';
import { demoEndpoint, endpointState, idOf } from './endpointState';
import type { EndpointMode, EndpointState } from './endpointState';

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
  readonly onSettingsChange: Event<void>;
  readonly mode: () => EndpointMode | undefined;
  /** Rejects when it can't be kept. */
  readonly rememberMode: (mode: EndpointMode) => Promise<void>;
  /** Something went wrong where nobody waits for it. */
  readonly onFault: (error: unknown) => void;
}

/** Knows where questions go, and changes that. */
export class EndpointService extends Disposable {
  readonly #deps: EndpointDeps;
  readonly #changed = this._register(new Emitter<EndpointState>());
  #state: EndpointState;
  #loaded: Promise<void> | undefined;
  /** Counts the looks at the facts: of two at once only the later one's result counts. */
  #look = 0;

  /** The state, or the key or a secret behind it, is another. */
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

  /** The settings' endpoint, whatever is in use: the one that a key is set for. */
  get configured(): Endpoint {
    return this.#deps.configured();
  }

  /** Looks for the key for the first time. Never rejects. */
  load(): Promise<void> {
    this.#loaded ??= this.refresh();
    return this.#loaded;
  }

  /**
   * The endpoint as it is to be sent to: the demo started, secrets put into the headers. What it returns is for the engine only.
   * @throws EngineError `invalid_input` for a missing header secret; Error when the demo does not start
   */
  async connect(): Promise<Endpoint> {
    await this.load();
    const state = this.#state;
    if (state.kind === 'demo') return demoEndpoint(await this.#deps.demo.start());
    return this.withSecrets(state.endpoint);
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

  /** Looks at settings and keys again and tells. Never rejects. */
  async refresh(): Promise<void> {
    const look = ++this.#look;
    let hasKey = false;
    try {
      hasKey = (await this.#deps.keys.getKey(this.configured.id, undefined)) !== undefined;
    } catch (error) {
      this.#deps.onFault(error);
    }
    if (look !== this.#look || this.isDisposed) return;
    this.#state = endpointState({ ...this.#facts(), hasKey });
    this.#changed.fire(this.#state);
  }

  override dispose(): void {
    this.#deps.demo.stop();
    super.dispose();
  }

  #facts() {
    const { mode, startInDemo } = this.#deps;
    return { mode: mode(), configured: this.configured, startInDemo };
  }
}

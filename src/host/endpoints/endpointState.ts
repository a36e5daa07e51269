import { assertNever } from '../../base/assertNever';
import type { Endpoint } from '../../engine/types';
import { DEMO_ENDPOINT_ID } from './demoEndpoint';
import type { Translate } from '../translate';
import { DEFAULT_API_VERSION } from './endpointFields';
import { DEFAULT_BASE_URL, endpointId } from './endpointSettings';

/** Which endpoint the user wants, as remembered between windows. */
export type EndpointMode =
  | { readonly kind: 'configured' }
  | { readonly kind: 'demo' }
  | { readonly kind: 'local'; readonly name: string; readonly baseURL: string };

/**
 * Where questions go.
 * - `none` the settings' endpoint, which wants a key and has none
 * - `api` Anthropic's own; `custom` another base URL in the settings
 * - `demo` the simulator; its address is known once it runs
 * - `local` a server that was found on this machine
 */
export type EndpointState =
  | { readonly kind: 'none' | 'api' | 'custom'; readonly endpoint: Endpoint }
  | { readonly kind: 'demo' }
  | { readonly kind: 'local'; readonly name: string; readonly endpoint: Endpoint };

/** What the state follows from. */
export interface EndpointFacts {
  /** `undefined`: nothing was ever chosen. */
  readonly mode: EndpointMode | undefined;
  readonly configured: Endpoint;
  readonly hasKey: boolean;
  /** Started to show the demo (`npm start`): used where nothing was chosen and no key is there. */
  readonly startInDemo: boolean;
}

export function endpointState(facts: EndpointFacts): EndpointState {
  const { mode, configured, hasKey, startInDemo } = facts;
  const isUsable = hasKey || configured.authStyle === 'none';
  if (mode?.kind === 'demo' || (mode === undefined && startInDemo && !isUsable)) {
    return { kind: 'demo' };
  }
  if (mode?.kind === 'local') {
    return { kind: 'local', name: mode.name, endpoint: localEndpoint(mode.baseURL) };
  }
  if (!isUsable) return { kind: 'none', endpoint: configured };
  const kind = configured.baseURL === DEFAULT_BASE_URL ? 'api' : 'custom';
  return { kind, endpoint: configured };
}

/** The demo's endpoint, once the simulator listens at `baseURL`. */
export function demoEndpoint(baseURL: string): Endpoint {
  return {
    id: DEMO_ENDPOINT_ID,
    baseURL,
    authStyle: 'none',
    apiVersion: DEFAULT_API_VERSION,
    headers: {},
  };
}

/** Ollama and LM Studio: no key, and the API version that they know. The settings' headers stay away from them. */
function localEndpoint(baseURL: string): Endpoint {
  return {
    id: endpointId(baseURL),
    baseURL,
    authStyle: 'none',
    apiVersion: '2023-06-01',
    headers: {},
  };
}

export function idOf(state: EndpointState): string {
  return state.kind === 'demo' ? DEMO_ENDPOINT_ID : state.endpoint.id;
}

export function labelOf(state: EndpointState, t: Translate): string {
  switch (state.kind) {
    case 'none':
      return t('No API key for {0}', state.endpoint.id);
    case 'api':
    case 'custom':
      return state.endpoint.id;
    case 'demo':
      return t('Demo: local simulator, not Claude');
    case 'local':
      return t('{0} on this machine', state.name);
    default:
      return assertNever(state);
  }
}

/** Reads what was remembered; anything unknown counts as nothing chosen. */
export function parseMode(value: unknown): EndpointMode | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind === 'configured' || value.kind === 'demo') return { kind: value.kind };
  if (value.kind !== 'local' || !('name' in value) || !('baseURL' in value)) return undefined;
  const { name, baseURL } = value;
  if (typeof name !== 'string' || typeof baseURL !== 'string') return undefined;
  return isLoopback(baseURL) ? { kind: 'local', name, baseURL } : undefined;
}

export function isLoopback(baseURL: string): boolean {
  return (
    URL.canParse(baseURL) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(baseURL).hostname)
  );
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { EngineError } from '../../../../src/engine/errors';
import type { Endpoint } from '../../../../src/engine/types';
import { EndpointService } from '../../../../src/host/endpoints/endpointService';
import { parseEndpointList } from '../../../../src/host/endpoints/endpointList';
import { parseEndpointSettings } from '../../../../src/host/endpoints/endpointSettings';
import { labelOf, parseMode } from '../../../../src/host/endpoints/endpointState';
import type { EndpointMode } from '../../../../src/host/endpoints/endpointState';
import { Redactor } from '../../../../src/host/logging/redactor';
import { KeyStore } from '../../../../src/host/secrets/keyStore';
import { english } from '../../../../src/host/translate';
import { settle } from '../../../helpers/fakeClock';
import { FakeConsent, FakeSecrets } from '../../../helpers/fakeSecrets';

let keys: KeyStore;
let mode: EndpointMode | undefined;
let configured: Endpoint;
let listed: unknown;
let faults: unknown[];
let demo: { starts: number; stops: number };
let settingsChanged: Emitter<void>;
let made: EndpointService[];

function endpoint(baseUrl: string, headers: unknown = {}, authStyle = 'bearer'): Endpoint {
  return parseEndpointSettings({ baseUrl, authStyle, apiVersion: '', headers }).endpoint;
}

function service(startInDemo = false): EndpointService {
  const endpoints = new EndpointService({
    keys,
    demo: {
      start: () => {
        demo.starts += 1;
        return Promise.resolve('http://127.0.0.1:4242');
      },
      stop: () => {
        demo.stops += 1;
      },
    },
    startInDemo,
    configured: () => configured,
    listed: () => parseEndpointList(listed, configured).endpoints,
    onSettingsChange: settingsChanged.event,
    mode: () => mode,
    rememberMode: async (next) => {
      mode = next;
    },
    onFault: (error) => void faults.push(error),
  });
  made.push(endpoints);
  return endpoints;
}

beforeEach(() => {
  keys = new KeyStore(new FakeSecrets(), undefined, new FakeConsent(), new Redactor());
  mode = undefined;
  configured = endpoint('');
  listed = [];
  faults = [];
  demo = { starts: 0, stops: 0 };
  settingsChanged = new Emitter();
  made = [];
});

afterEach(() => {
  expect(faults).toEqual([]);
  for (const endpoints of made) endpoints.dispose();
  keys.dispose();
});

describe('EndpointService', () => {
  it('has nowhere to send to without a key', async () => {
    const endpoints = service();
    await endpoints.load();
    expect(endpoints.state.kind).toBe('none');
    expect(labelOf(endpoints.state, english)).toBe('No API key for api.anthropic.com');
  });

  it('notices a key that is set or cleared', async () => {
    const endpoints = service();
    await endpoints.load();
    const seen: string[] = [];
    endpoints.onChange((state) => void seen.push(state.kind));
    await keys.setKey('api.anthropic.com', 'key-1234');
    await settle();
    await keys.clearKey('api.anthropic.com');
    await settle();
    expect(seen[0]).toBe('api');
    expect(seen.at(-1)).toBe('none');
  });

  it('follows another base URL, to which the key of the first does not go', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    const endpoints = service();
    await endpoints.load();
    configured = endpoint('https://gw.example');
    settingsChanged.fire();
    await settle();
    expect(endpoints.state).toMatchObject({ kind: 'none', endpoint: { id: 'gw.example' } });
    await keys.setKey('gw.example', 'key-5678');
    await settle();
    expect(endpoints.state.kind).toBe('custom');
  });

  it('has seen the newest facts when a look was overtaken by another', async () => {
    await keys.setKey('gw.example', 'key-5678');
    const endpoints = service();
    const loaded = endpoints.load();
    configured = endpoint('https://gw.example');
    settingsChanged.fire();
    await loaded;
    expect(endpoints.standings.map((standing) => standing.endpoint.id)).toEqual(['gw.example']);
    expect(endpoints.state.kind).toBe('custom');
  });

  it('connects to what the settings say now, though the keys are still being looked at', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    await keys.setKey('gw.example', 'key-5678');
    const endpoints = service();
    await endpoints.load();
    configured = endpoint('https://gw.example');
    settingsChanged.fire();
    expect((await endpoints.connect()).primary.baseURL).toBe('https://gw.example');
  });

  it('needs no key where the server wants none', async () => {
    configured = endpoint('http://127.0.0.1:8080', {}, 'none');
    const endpoints = service();
    await endpoints.load();
    expect(endpoints.state.kind).toBe('custom');
  });

  it('starts the demo only when something is sent, and ends it when it is left', async () => {
    mode = { kind: 'demo' };
    const endpoints = service();
    await endpoints.load();
    expect(endpoints.state.kind).toBe('demo');
    expect(demo.starts).toBe(0);
    expect((await endpoints.connect()).primary).toMatchObject({ id: 'demo', headers: {} });
    expect(demo.starts).toBe(1);
    await endpoints.choose({ kind: 'configured' });
    expect(demo.stops).toBe(1);
    expect(endpoints.state.kind).toBe('none');
  });

  it('begins in the demo when it was started for that and there is no key', async () => {
    const endpoints = service(true);
    await endpoints.load();
    expect(endpoints.state.kind).toBe('demo');
    await endpoints.choose({ kind: 'configured' });
    expect(endpoints.state.kind).toBe('none');
  });

  it('does not begin in the demo when there is a key', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    const endpoints = service(true);
    await endpoints.load();
    expect(endpoints.state.kind).toBe('api');
  });

  it('sends neither key nor headers to a local server', async () => {
    configured = endpoint('', { 'x-team': 'a' });
    const endpoints = service();
    await endpoints.choose({ kind: 'local', name: 'Ollama', baseURL: 'http://127.0.0.1:11434' });
    expect((await endpoints.connect()).primary).toEqual({
      id: 'http://127.0.0.1:11434',
      baseURL: 'http://127.0.0.1:11434',
      authStyle: 'none',
      apiVersion: '2023-06-01',
      headers: {},
    });
  });

  it('puts secrets into headers when it connects, and says which one is missing', async () => {
    configured = endpoint('https://gw.example', { 'x-token': '${secret:gw}' }, 'none');
    const endpoints = service();
    await expect(endpoints.connect()).rejects.toThrow(EngineError);
    await expect(endpoints.connect()).rejects.toThrow(/secret "gw".*Set Header Secret/u);
    await keys.setHeaderSecret('gw.example', 'gw', 'secret-1234');
    expect((await endpoints.connect()).primary.headers).toEqual({ 'x-token': 'secret-1234' });
    expect(JSON.stringify(endpoints.state)).not.toContain('secret-1234');
  });
});

describe('the endpoints beside the first one', () => {
  const SECOND = { name: 'second', baseUrl: 'https://api.anthropic.com' };
  const GATEWAY = {
    baseUrl: 'https://gw.example',
    authStyle: 'none',
    headers: { 'x-token': '${secret:gw}' },
  };

  async function otherIds(endpoints: EndpointService): Promise<string[]> {
    return (await endpoints.connect()).others.map(({ id }) => id);
  }

  beforeEach(async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
  });

  it('are left out until they have their own keys and secrets', async () => {
    listed = [SECOND, GATEWAY];
    const endpoints = service();
    await endpoints.load();
    expect(endpoints.standings.map(({ lacks }) => lacks)).toEqual([undefined, 'key', 'secret']);
    expect(await otherIds(endpoints)).toEqual([]);
    await keys.setKey('api.anthropic.com#second', 'key-5678');
    await settle();
    expect(await otherIds(endpoints)).toEqual(['api.anthropic.com#second']);
    await keys.setHeaderSecret('gw.example', 'gw', 'secret-1234');
    await settle();
    const { others } = await endpoints.connect();
    expect(others.map(({ id }) => id)).toEqual(['api.anthropic.com#second', 'gw.example']);
    expect(others[1]?.headers).toEqual({ 'x-token': 'secret-1234' });
    expect(JSON.stringify(endpoints.standings)).not.toContain('secret-1234');
    await keys.clearKey('api.anthropic.com#second');
    await settle();
    expect(await otherIds(endpoints)).toEqual(['gw.example']);
  });

  it('keep their groups, which the engine goes by', async () => {
    listed = [{ ...GATEWAY, headers: {}, group: 'private' }];
    const { primary, others } = await service().connect();
    expect([primary, ...others].map(({ group }) => group)).toEqual(['default', 'private']);
  });

  it('follow the settings', async () => {
    const endpoints = service();
    expect(await otherIds(endpoints)).toEqual([]);
    listed = [{ ...GATEWAY, headers: {} }];
    settingsChanged.fire();
    await settle();
    expect(await otherIds(endpoints)).toEqual(['gw.example']);
  });

  it.each([
    ['the demo is in use', (): void => void (mode = { kind: 'demo' })],
    [
      'a server on this machine is in use',
      (): void => void (mode = { kind: 'local', name: 'x', baseURL: 'http://127.0.0.1:1' }),
    ],
    ['the first one has no key', (): void => void (configured = endpoint('https://new.example'))],
    [
      'the first one’s address is none',
      (): void => void (configured = endpoint('nowhere', {}, 'none')),
    ],
  ])('get nothing while %s', async (_, arrange) => {
    listed = [{ ...GATEWAY, headers: {} }];
    arrange();
    expect(await otherIds(service())).toEqual([]);
  });
});

describe('parseMode', () => {
  it('takes back what was remembered', () => {
    expect(parseMode({ kind: 'demo' })).toEqual({ kind: 'demo' });
    const local = { kind: 'local', name: 'x', baseURL: 'http://127.0.0.1:1' };
    expect(parseMode(local)).toEqual(local);
  });

  it.each([
    undefined,
    null,
    'demo',
    { kind: 'x' },
    { kind: 'local' },
    { kind: 'local', name: 'x', baseURL: 'http://far.example' },
  ])('takes nothing else: %j', (value) => {
    expect(parseMode(value)).toBeUndefined();
  });
});

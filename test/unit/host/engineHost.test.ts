import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/base/event';
import type { AnswerStore, LimitShare } from '../../../src/engine/ports';
import { breakerKey } from '../../../src/engine/resilience/savedBreakers';
import { parseSettings } from '../../../src/engine/settings';
import type { Endpoint } from '../../../src/engine/types';
import { parseEndpointList } from '../../../src/host/endpoints/endpointList';
import { EndpointService } from '../../../src/host/endpoints/endpointService';
import { parseEndpointSettings } from '../../../src/host/endpoints/endpointSettings';
import type { EndpointMode } from '../../../src/host/endpoints/endpointState';
import { EngineHost } from '../../../src/host/engineHost';
import { Redactor } from '../../../src/host/logging/redactor';
import { KeyStore } from '../../../src/host/secrets/keyStore';
import { settle } from '../../helpers/fakeClock';
import { FakeConsent, FakeSecrets } from '../../helpers/fakeSecrets';

const GATEWAY = { baseUrl: 'https://gw.example', authStyle: 'none' };

let settings: Record<string, unknown>;
let listed: unknown;
let mode: EndpointMode | undefined;
let saved: unknown;
let faults: unknown[];
let storeCalls: string[];
let settingsChanged: Emitter<void>;
let keys: KeyStore;
let endpoints: EndpointService;
let host: EngineHost;

function configured(): Endpoint {
  return parseEndpointSettings({
    baseUrl: '',
    authStyle: undefined,
    apiVersion: undefined,
    headers: undefined,
  }).endpoint;
}

function called<T>(name: string, result: T): Promise<T> {
  storeCalls.push(name);
  return Promise.resolve(result);
}

const limitShare: LimitShare = { exchange: () => called('exchange', []) };
const answerStore: AnswerStore = {
  getAnswer: () => called('getAnswer', undefined),
  putAnswer: () => called('putAnswer', undefined),
  clearAnswers: () => called('clearAnswers', undefined),
};

async function endpointIds(): Promise<string[]> {
  await settle();
  return (host.health?.endpoints ?? []).map(({ endpointId }) => endpointId);
}

beforeEach(async () => {
  settings = {};
  listed = [GATEWAY];
  mode = undefined;
  saved = undefined;
  faults = [];
  storeCalls = [];
  settingsChanged = new Emitter();
  const onFault = (error: unknown): void => void faults.push(error);
  keys = new KeyStore(new FakeSecrets(), undefined, new FakeConsent(), new Redactor());
  await keys.setKey('api.anthropic.com', 'key-1234');
  endpoints = new EndpointService({
    keys,
    demo: { start: () => Promise.resolve('http://127.0.0.1:4242'), stop: () => undefined },
    startInDemo: false,
    configured,
    listed: () => parseEndpointList(listed, configured()).endpoints,
    onSettingsChange: settingsChanged.event,
    mode: () => mode,
    rememberMode: async (next) => {
      mode = next;
    },
    onFault,
  });
  host = new EngineHost({
    endpoints,
    keys,
    onKeyChange: keys.onChange,
    settings: async () => parseSettings(settings),
    onSettingsChange: settingsChanged.event,
    breakers: {
      savedBreakers: () => saved,
      rememberBreakers: (next) => {
        saved = next;
      },
    },
    limitShare,
    answerStore,
    spending: { mayAsk: () => undefined },
    onFault,
  });
});

afterEach(() => {
  host.dispose();
  endpoints.dispose();
  keys.dispose();
  expect(faults).toEqual([]);
});

describe('EngineHost', () => {
  it('has no engine, and so no figures, until one is needed', async () => {
    settingsChanged.fire();
    await endpoints.load();
    expect([host.current, host.metrics, host.health]).toEqual([undefined, undefined, undefined]);
    await host.connected();
    expect(host.health?.endpoints).toHaveLength(2);
    expect(storeCalls).toEqual([]);
  });

  it('points the engine at all endpoints in use, and at once at others', async () => {
    await host.connected();
    expect(await endpointIds()).toEqual(['api.anthropic.com', 'gw.example']);
    listed = [GATEWAY, { ...GATEWAY, name: 'b', group: 'private' }, { baseUrl: 'https://keyless' }];
    settingsChanged.fire();
    expect(await endpointIds()).toEqual(['api.anthropic.com', 'gw.example', 'gw.example#b']);
    await keys.setKey('keyless', 'key-5678');
    expect(await endpointIds()).toContain('keyless');
    await keys.clearKey('api.anthropic.com');
    expect(await endpointIds()).toEqual(['api.anthropic.com']);
  });

  it('has the demo alone while that is in use', async () => {
    await host.connected();
    await endpoints.choose({ kind: 'demo' });
    // Nothing is started before a question.
    expect(await endpointIds()).toContain('api.anthropic.com');
    await host.connected();
    expect(await endpointIds()).toEqual(['demo']);
    await endpoints.choose({ kind: 'configured' });
    expect(await endpointIds()).toEqual(['api.anthropic.com', 'gw.example']);
  });

  it('gives the engine changed settings at once', async () => {
    const engine = await host.connected();
    settings = { 'breaker.failureThreshold': 9, 'fallback.models': ['m'] };
    settingsChanged.fire();
    await settle();
    expect(engine.settings.breaker.failureThreshold).toBe(9);
    expect(engine.settings.fallback.models).toEqual(['m']);
  });

  it('has the engine forget what it learnt with a key when that changes, and for no other reason', async () => {
    const engine = await host.connected();
    const keyChanged = vi.spyOn(engine, 'keyChanged');
    settingsChanged.fire();
    await settle();
    expect(keyChanged).not.toHaveBeenCalled();
    await keys.setKey('api.anthropic.com', 'key-5678');
    await settle();
    expect(keyChanged).toHaveBeenCalledOnce();
  });

  it('remembers the outage of any endpoint over a reload', async () => {
    const now = Date.now();
    const key = breakerKey({ endpointId: 'gw.example', family: 'claude-sonnet' });
    saved = [{ key, reopensAt: now + 60_000, openedAt: now, recoveryMs: 60_000 }];
    const engine = await host.connected();
    expect(host.health?.breakers).toMatchObject([{ endpointId: 'gw.example', state: 'open' }]);
    let told = 0;
    host.onHealthChange(() => {
      told += 1;
    });
    engine.resetBreakers('gw.example');
    expect(told).toBeGreaterThan(0);
    expect(saved).toEqual([]);
  });

  it('empties the cache on the disk, too', async () => {
    const engine = await host.engine();
    await engine.answers.clear();
    expect(storeCalls).toEqual(['clearAnswers']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { EngineError } from '../../../../src/engine/errors';
import { builtinInfo, builtinModels } from '../../../../src/engine/models/capabilities';
import type { ChatRequest, Endpoint, ModelInfo, Reply } from '../../../../src/engine/types';
import { PanelEnvironment } from '../../../../src/host/chat/panelEnvironment';
import { EndpointService } from '../../../../src/host/endpoints/endpointService';
import { parseEndpointSettings } from '../../../../src/host/endpoints/endpointSettings';
import type { EndpointMode } from '../../../../src/host/endpoints/endpointState';
import type { LocalServer } from '../../../../src/host/endpoints/localServers';
import { Log } from '../../../../src/host/logging/log';
import { Redactor } from '../../../../src/host/logging/redactor';
import type { RememberedChoice } from '../../../../src/host/models/modelChoice';
import { KeyStore } from '../../../../src/host/secrets/keyStore';
import { english } from '../../../../src/host/translate';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { FakeConsent, FakeSecrets } from '../../../helpers/fakeSecrets';

const LOCAL: LocalServer = { name: 'Ollama', baseURL: 'http://127.0.0.1:11434' };

let clock: FakeClock;
let keys: KeyStore;
let endpoints: EndpointService;
let environment: PanelEnvironment;
let mode: EndpointMode | undefined;
let choices: Map<string, RememberedChoice>;
let local: LocalServer[];
/** What the endpoint's server lists; `undefined`: it can't be asked. */
let listed: readonly ModelInfo[] | undefined;
/** What the engine tells when the server can't be asked and its built-in list has to do. */
let refused: EngineError | undefined;
/** The server's answer waits for it. */
let hanging: Promise<void> | undefined;
let asked: string[];
let logged: string[];
let requests: ChatRequest[];
let smallModel: string;
/** The system prompt's segments; `undefined`: they can't be read. */
let prompts: readonly string[] | undefined;

function served(...ids: string[]): ModelInfo[] {
  return ids.map((id): ModelInfo => Object.assign(builtinInfo(id), { source: 'server' as const }));
}

function connected(endpoint: Endpoint) {
  return {
    endpoint,
    models: {
      availableModels: async () => {
        asked.push(endpoint.id);
        await hanging;
        if (!listed && refused) {
          const models = builtinModels(clock.wallNow());
          return { models, source: 'builtin' as const, problem: refused.toInfo() };
        }
        if (!listed) throw new EngineError('network', 'no network');
        return { models: listed, source: 'server' as const, problem: undefined };
      },
    },
    stream: async (request: ChatRequest): Promise<Reply> => {
      requests.push(request);
      return {} as Reply;
    },
    warm: async () => undefined,
  };
}

beforeEach(() => {
  clock = new FakeClock(Date.UTC(2026, 10, 22));
  mode = undefined;
  choices = new Map();
  local = [];
  listed = undefined;
  refused = undefined;
  hanging = undefined;
  asked = [];
  logged = [];
  requests = [];
  smallModel = '';
  prompts = ['Be brief.'];
  keys = new KeyStore(new FakeSecrets(), undefined, new FakeConsent(), new Redactor());
  const { endpoint } = parseEndpointSettings({
    baseUrl: '',
    authStyle: 'bearer',
    apiVersion: '',
    headers: {},
  });
  endpoints = new EndpointService({
    keys,
    demo: { start: () => Promise.resolve('http://127.0.0.1:4242'), stop: () => undefined },
    startInDemo: false,
    configured: () => endpoint,
    listed: () => [],
    onSettingsChange: new Emitter<void>().event,
    mode: () => mode,
    rememberMode: async (next) => {
      mode = next;
    },
    onFault: (error) => {
      throw error;
    },
  });
  const write = (line: string): void => void logged.push(line);
  environment = new PanelEnvironment({
    endpoints,
    engine: { connected: async () => connected((await endpoints.connect()).primary) },
    clock,
    translate: english,
    log: new Log(
      { trace: write, debug: write, info: write, warn: write, error: write },
      new Redactor(),
    ),
    defaultModel: () => 'claude-sonnet-5-5',
    smallModel: () => smallModel,
    system: () => (prompts ? Promise.resolve(prompts) : Promise.reject(new Error('unreadable'))),
    priceOf: (model) => ({ input: model.includes('opus') ? 5 : 3, output: 15 }),
    onSettingsChange: new Emitter<void>().event,
    choice: (id) => choices.get(id) ?? {},
    rememberChoice: (id, choice) => void choices.set(id, choice),
    findLocalServers: async () => local,
    builtinModels: async () => ({ models: builtinModels(clock.wallNow()), info: builtinInfo }),
  });
});

afterEach(() => {
  environment.dispose();
  endpoints.dispose();
  keys.dispose();
});

function setup(): string[] {
  return environment.view().setup.map(({ action, label }) => `${action}: ${label}`);
}

async function ask(): Promise<void> {
  const target = environment.target();
  await target.stream(
    { model: target.model, messages: [], action: 'chat' },
    { signal: new AbortController().signal, onEvent: () => undefined },
  );
  await settle();
}

describe('PanelEnvironment', () => {
  it('shows ways to begin where there is nowhere to send to, and asks no one for models', async () => {
    await environment.prepare();
    await settle();
    expect(setup()).toEqual(['setApiKey: Set API Key', 'tryDemo: Try the Demo']);
    expect(asked).toEqual([]);
    expect(environment.view()).toMatchObject({
      model: 'claude-sonnet-5-5',
      endpoint: { kind: 'none' },
    });
    expect(environment.view().models.length).toBeGreaterThan(10);
  });

  it('offers a server that runs on this machine', async () => {
    local = [LOCAL];
    await environment.prepare();
    await settle();
    expect(setup()[2]).toBe('useLocalServer: Use Ollama');
  });

  it('asks an endpoint for its models only after something was sent there', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    listed = served('claude-opus-5-5', 'claude-sonnet-5-5');
    await environment.prepare();
    await settle();
    expect(asked).toEqual([]);
    await ask();
    expect(asked).toEqual(['api.anthropic.com']);
    expect(environment.view().models.map(({ id }) => id)).toEqual([
      'claude-opus-5-5',
      'claude-sonnet-5-5',
    ]);
    expect(environment.model).toBe('claude-sonnet-5-5');
    await ask();
    expect(asked).toHaveLength(1);
  });

  it('takes a local server’s own models, and the same one in the next window', async () => {
    mode = { kind: 'local', ...LOCAL };
    listed = served('llama3', 'qwen3');
    await environment.prepare();
    await settle();
    expect(environment.model).toBe('llama3');
    expect(choices.get(LOCAL.baseURL)).toEqual({ model: 'llama3' });
  });

  it('asks a local server again that did not run at first', async () => {
    mode = { kind: 'local', ...LOCAL };
    refused = new EngineError('network', 'connection refused');
    await environment.prepare();
    listed = served('llama3');
    await environment.prepare();
    expect(environment.model).toBe('llama3');
    expect(environment.view().models).toHaveLength(1);
  });

  it('is ready to be shown, and can be stopped, while a local server hangs', async () => {
    mode = { kind: 'local', ...LOCAL };
    hanging = new Promise(() => undefined);
    const prepared = environment.prepare();
    await clock.advance(1_500);
    await prepared;
    const stop = new AbortController();
    const target = environment.target();
    const sent = target.stream(
      { model: target.model, messages: [], action: 'chat' },
      { signal: stop.signal, onEvent: () => undefined },
    );
    stop.abort();
    await expect(sent).rejects.toThrow('stopped');
    expect(requests).toEqual([]);
  });

  it('keeps what was chosen for each endpoint', async () => {
    await environment.prepare();
    environment.selectModel('claude-opus-5');
    environment.selectEffort('no-thinking');
    expect(environment.target()).toMatchObject({
      model: 'claude-opus-5',
      thinking: 'off',
      effort: undefined,
    });
    await endpoints.choose({ kind: 'demo' });
    expect(environment.target()).toMatchObject({ endpointId: 'demo', model: 'claude-sonnet-5-5' });
    await endpoints.choose({ kind: 'configured' });
    expect(environment.view()).toMatchObject({ model: 'claude-opus-5', effort: 'no-thinking' });
  });

  it('shows a chosen model that is not listed, and an effort that the model lacks as the default one', async () => {
    await environment.prepare();
    environment.selectModel('my-gateway-model');
    environment.selectEffort('max');
    const { models, effort, efforts } = environment.view();
    expect(models[0]).toEqual({ id: 'my-gateway-model', label: 'my-gateway-model' });
    expect([effort, efforts]).toEqual(['default', []]);
  });

  it('does not send a question to another endpoint than the one it was asked of', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    await environment.prepare();
    const target = environment.target();
    await endpoints.choose({ kind: 'demo' });
    const sent = target.stream(
      { model: target.model, messages: [], action: 'chat' },
      { signal: new AbortController().signal, onEvent: () => undefined },
    );
    await expect(sent).rejects.toThrow('endpoint was changed');
    expect(requests).toEqual([]);
  });

  it('goes on with the built-in list when the endpoint can’t be asked', async () => {
    await keys.setKey('api.anthropic.com', 'key-1234');
    await environment.prepare();
    await ask();
    expect(environment.view().models.length).toBeGreaterThan(10);
    expect(logged.join()).toContain('no network');
  });

  it('sends what the instructions say, and goes on without those that can’t be read', async () => {
    expect(await environment.target().system()).toEqual(['Be brief.']);
    prompts = undefined;
    expect(await environment.target().system()).toEqual([]);
    expect(logged.join()).toContain('unreadable');
  });

  it('names another model where one is asked for, with that one’s window', async () => {
    await environment.prepare();
    const { model, contextWindow } = environment.target('claude-haiku-4-5');
    expect(model).toBe('claude-haiku-4-5');
    expect(contextWindow).toBe(builtinInfo('claude-haiku-4-5').capabilities.contextWindow);
    expect(environment.model).toBe('claude-sonnet-5-5');
  });

  it('gives small jobs to the fast model, to the setting’s, or to nobody where there is nowhere to ask', async () => {
    await environment.prepare();
    await settle();
    expect(environment.smallTarget()).toBeUndefined();
    await keys.setKey('api.anthropic.com', 'key-1234');
    await settle();
    expect(environment.smallTarget()?.model).toMatch(/haiku/);
    smallModel = 'my-small-one';
    expect(environment.smallTarget()?.model).toBe('my-small-one');
  });

  it('has a price for the model in use, and none in the demo', async () => {
    await environment.prepare();
    expect(environment.price).toEqual({ input: 3, output: 15 });
    await endpoints.choose({ kind: 'demo' });
    expect(environment.price).toBeUndefined();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { Redactor } from '../../../../src/host/logging/redactor';
import { keyProblem, verdictOf } from '../../../../src/host/secrets/keyCheck';
import { KeyStore } from '../../../../src/host/secrets/keyStore';
import { english } from '../../../../src/host/translate';
import { FakeConsent, FakeSecrets } from '../../../helpers/fakeSecrets';

let secrets: FakeSecrets;
let consent: FakeConsent;
let redactor: Redactor;

function store(environmentKey?: string): KeyStore {
  return new KeyStore(secrets, environmentKey, consent, redactor);
}

beforeEach(() => {
  secrets = new FakeSecrets();
  consent = new FakeConsent();
  redactor = new Redactor();
});

describe('KeyStore', () => {
  it('gives the key of one base URL to no other', async () => {
    const keys = store();
    await keys.setKey('api.anthropic.com', 'key-one-1234');
    expect(await keys.getKey('api.anthropic.com', undefined)).toBe('key-one-1234');
    expect(await keys.getKey('http://api.anthropic.com', undefined)).toBeUndefined();
    expect(await keys.getKey('gateway.example', undefined)).toBeUndefined();
    keys.dispose();
  });

  it('gives a header secret of one base URL to no other', async () => {
    const keys = store();
    await keys.setHeaderSecret('gateway.example', 'token', 'secret-1234');
    expect(await keys.headerSecret('gateway.example', 'token')).toBe('secret-1234');
    expect(await keys.headerSecret('other.example', 'token')).toBeUndefined();
    keys.dispose();
  });

  it('uses the environment’s key only for an endpoint that it was allowed for', async () => {
    const keys = store(' env-key-1234\n');
    expect(await keys.getKey('api.anthropic.com', undefined)).toBeUndefined();
    await keys.setEnvironmentConsent('api.anthropic.com', 'allowed');
    expect(await keys.getKey('api.anthropic.com', undefined)).toBe('env-key-1234');
    expect(await keys.getKey('gateway.example', undefined)).toBeUndefined();
    expect(secrets.stored.size).toBe(0);
    keys.dispose();
  });

  it('prefers a key that was entered', async () => {
    const keys = store('env-key-1234');
    await keys.setEnvironmentConsent('e', 'allowed');
    await keys.setKey('e', 'entered-1234');
    expect(await keys.getKey('e', undefined)).toBe('entered-1234');
    keys.dispose();
  });

  it('clearing takes the consent back too', async () => {
    const keys = store('env-key-1234');
    await keys.setEnvironmentConsent('e', 'allowed');
    await keys.setKey('e', 'entered-1234');
    await keys.clearKey('e');
    expect(await keys.getKey('e', undefined)).toBeUndefined();
    expect(keys.environmentConsent('e')).toBe('declined');
    expect(secrets.stored.size).toBe(0);
    keys.dispose();
  });

  it('tells whose key or header secret has changed, also from another window', async () => {
    const keys = store();
    const told: string[] = [];
    keys.onChange((id) => void told.push(id));
    await secrets.store('pulse.key:a.example', 'k');
    await secrets.store('pulse.header:b.example name', 's');
    await secrets.store('another extension’s', 'x');
    expect(told).toEqual(['a.example', 'b.example']);
    keys.dispose();
  });

  it('has every secret that passes through it kept out of the log', async () => {
    const keys = store('env-key-1234');
    await keys.setKey('e', 'entered-1234');
    secrets.stored.set('pulse.header:e token', 'from-before-1234');
    await keys.headerSecret('e', 'token');
    expect(redactor.redact('env-key-1234 entered-1234 from-before-1234')).toBe(
      '[secret] [secret] [secret]',
    );
    keys.dispose();
  });
});

describe('a key that was entered', () => {
  it.each(['', '  ', 'two words', 'schlüssel', 'a\nb'])('is none: %j', (text) => {
    expect(keyProblem(text, english)).toBeDefined();
  });

  it('may have spaces around it', () => {
    expect(keyProblem(' sk-ant-x ', english)).toBeUndefined();
  });

  it('is refused only by the server itself', () => {
    const refused = new EngineError('authentication', 'no', { status: 401 });
    expect(verdictOf(refused, 'e', english).kind).toBe('refused');
    const offline = new EngineError('network', 'The server cannot be reached.');
    expect(verdictOf(offline, 'e', english)).toEqual({
      kind: 'unchecked',
      message:
        'The key could not be checked: The server cannot be reached. Press Enter again to save it unchecked.',
    });
  });
});

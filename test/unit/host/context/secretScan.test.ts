import { describe, expect, it } from 'vitest';
import { isSecretName } from '../../../../src/host/context/secretNames';
import { findSecrets } from '../../../../src/host/context/secretScan';

/** In two parts, so that no scanner takes this file for a leak. */
const join = (...parts: string[]): string => parts.join('');

describe('secrets in a text', () => {
  it.each([
    ['privateKey', join('-----BEGIN RSA PRIV', 'ATE KEY-----')],
    ['privateKey', join('-----BEGIN OPENSSH PRIV', 'ATE KEY-----')],
    ['aws', join('AKIA', 'Q3EGRIZ7DSHWJ5NB')],
    ['github', join('ghp_', 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6')],
    ['slack', join('xoxb-', '283746152837-abcdefGHIJ')],
    ['google', join('AIza', 'SyB3k9vQx7LmN2pRt5wZ8cFg1hJd4sKe6Ua')],
    ['stripe', join('sk_live_', '4eC39HqLyjWDarjtT1zdp7dc')],
    ['anthropic', join('sk-ant-', 'api03-k29Jx8mQpL4vN7tR')],
    [
      'jwt',
      join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiI0MjQyNDIifQ.', 'dBjftJeZ4CVPmB92K27uhbUJU1p1r'),
    ],
    ['password', 'password = "k7#mQ2!vX9pL"'],
    ['password', 'DB_PASSWORD=9vXk2mQp7LtR'],
    ['password', '"api_key": "f3a9c1d7e5b24680"'],
  ] as const)('finds %s and its line', (kind, text) => {
    expect(findSecrets(`one\ntwo\n${text}\n`)).toEqual([{ kind, line: 3 }]);
  });

  it('never tells the value', () => {
    expect(JSON.stringify(findSecrets('password = "k7#mQ2!vX9pL"'))).not.toContain('k7#');
  });

  it.each([
    ['"integrity": "sha512-9eK2Lp0rTq8vNs3uWxYz1A4bC7dE6fG5hI2jK8lM0nO3pQ=="'],
    ['const id = "550e8400-e29b-41d4-a716-446655440000";'],
    ['src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"'],
    ['const password = process.env.DB_PASSWORD;'],
    ['password: string;'],
    ['password = "${DB_PASSWORD}"'],
    ['apiKey: "your-api-key-here"'],
    ['const password = getPassword(user.id2);'],
    ['secret: config.server.secret2,'],
    ['<input type="password" name="password" id="login-password">'],
    ['password: "Enter your password 2 times"'],
    ['commit d68eb48c211e6871e1af4174b5421db16d7019a7'],
    ['const accessToken = await auth.refresh(1);'],
    ['api_key = "test_key_1234567"'],
  ])('leaves ordinary code alone: %s', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it('looks through a hostile text in one pass', () => {
    const text = `${'password="'.repeat(20_000)}${'eyJ'.repeat(20_000)}${'-----BEGIN '.repeat(5_000)}`;
    expect(findSecrets(text).length).toBeLessThanOrEqual(20);
  });
});

describe('names of files that hold secrets', () => {
  it.each([
    '.env',
    'app/.env.local',
    'prod.env',
    'key.pem',
    '.ssh/id_rsa',
    '.aws/credentials',
    '.npmrc',
    '.kube/config',
    'C:\\x\\.ENV',
  ])('%s is one', (path) => expect(isSecretName(path)).toBe(true));
  it.each([
    '.env.example',
    'src/environment.ts',
    'id_rsa.pub',
    'config',
    'keys.ts',
    'credentials.ts',
    'envelope.md',
  ])('%s is none', (path) => expect(isSecretName(path)).toBe(false));
});

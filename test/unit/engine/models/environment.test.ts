import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  Cleanup,
  TEST_KEY,
  startAttempt,
  success,
  testEndpoint,
  testFactory,
} from '../../../helpers/modelHarness';
import { answerWith, startReplayServer } from '../../../helpers/replayServer';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Every variable that @anthropic-ai/sdk 1.12 reads (grep for `readEnv`), set to do harm. */
function setHostileEnvironment(elsewhere: string): void {
  const hostile = {
    ANTHROPIC_BASE_URL: elsewhere,
    ANTHROPIC_API_KEY: 'sk-from-env',
    ANTHROPIC_AUTH_TOKEN: 'token-from-env',
    ANTHROPIC_PROFILE: 'hostile',
    ANTHROPIC_CONFIG_DIR: '/nonexistent',
    ANTHROPIC_CUSTOM_HEADERS:
      'Authorization: Bearer stolen\nx-api-key: stolen\nanthropic-version: 1999-01-01\nuser-agent: env\nx-env: 1\nanthropic-beta: env',
    ANTHROPIC_LOG: 'debug',
    ANTHROPIC_WEBHOOK_SIGNING_KEY: 'env',
    ANTHROPIC_IDENTITY_TOKEN: 'env',
    ANTHROPIC_IDENTITY_TOKEN_FILE: '/nonexistent',
    ANTHROPIC_FEDERATION_RULE_ID: 'env',
    ANTHROPIC_ORGANIZATION_ID: 'env',
    ANTHROPIC_WORKSPACE_ID: 'env',
    ANTHROPIC_SERVICE_ACCOUNT_ID: 'env',
    ANTHROPIC_SCOPE: 'env',
    ANTHROPIC_OPEN_TELEMETRY: 'true',
    ANTHROPIC_OPEN_TELEMETRY_PROPAGATION: 'true',
    ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
  };
  for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
}

describe('environment variables', () => {
  it('can not redirect a request, touch its headers, or make the SDK log', async () => {
    const elsewhere = cleanup.closing(await startReplayServer(answerWith('stolen')));
    const server = cleanup.closing(await startReplayServer(answerWith('ok')));
    setHostileEnvironment(elsewhere.url);
    const logs = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    );
    const factory = cleanup.add(
      testFactory({ endpoint: testEndpoint(server.url, { headers: { 'x-own': 'mine' } }) }),
    );
    // Models for which the SDK's own `messages.create` prints warnings.
    for (const model of ['claude-sonnet-4-5', 'claude-opus-4-6', 'claude-sonnet-5-5']) {
      const attempt = startAttempt(factory, { request: { model } });
      await success(attempt);
      expect(attempt.text()).toBe('ok');
    }
    await factory.availableModels();
    expect(elsewhere.requests).toHaveLength(0);
    expect(server.requests).toHaveLength(4);
    for (const { headers } of server.requests) {
      expect(Object.keys(headers).sort()).toEqual(
        [
          'accept',
          // By `fetch` itself.
          'accept-encoding',
          'accept-language',
          'sec-fetch-mode',
          'connection',
          'host',
          'anthropic-version',
          'authorization',
          'user-agent',
          'x-own',
          ...('content-type' in headers ? ['content-type', 'content-length'] : []),
        ].sort(),
      );
      expect(headers).toMatchObject({
        authorization: `Bearer ${TEST_KEY}`,
        'anthropic-version': '2026-10-21',
        'user-agent': 'claude-pulse',
      });
    }
    for (const log of logs) expect(log).not.toHaveBeenCalled();
  });

  it('that no request could carry break none', async () => {
    const server = cleanup.closing(await startReplayServer(answerWith('ok')));
    vi.stubEnv('ANTHROPIC_CUSTOM_HEADERS', 'bad name: \u0000\nü: ü');
    vi.stubEnv('ANTHROPIC_LOG', 'loudest');
    const factory = cleanup.add(testFactory({ endpoint: testEndpoint(server.url) }));
    const attempt = startAttempt(factory);
    await success(attempt);
    expect(attempt.text()).toBe('ok');
  });
});

import { describe, expect, it } from 'vitest';
import { Log } from '../../../../src/host/logging/log';
import { Redactor } from '../../../../src/host/logging/redactor';

const KEY = 'sk-ant-api03-AbC_123-xyz';

describe('Redactor', () => {
  it.each([
    `refused ${KEY} there`,
    `{"Authorization":"Bearer ${KEY}"}`,
    'authorization: Bearer abcdef123456.xyz',
    'Authorization = Basic dXNlcjpwYXNzd29yZA==',
    'Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA==',
    "x-api-key: 'abcdef123456.xyz'",
    '{"x-api-key":"abcdef123456.xyz"}',
    'sent Bearer abcdef123456.xyz to it',
    'https://user:dXNlcjpwYXNzd29yZA==@proxy.example/x',
  ])('takes the secret out of %s', (text) => {
    const clean = new Redactor().redact(text);
    expect(clean).toContain('[secret]');
    expect(clean).not.toMatch(/AbC_123|abcdef|dXNl/u);
  });

  it('takes out a registered secret wherever it stands, also one inside another', () => {
    const redactor = new Redactor();
    redactor.add('gateway-secret');
    redactor.add('gateway-secret-2');
    expect(redactor.redact('a gateway-secret-2, b gateway-secret.')).toBe(
      'a [secret], b [secret].',
    );
  });

  it('leaves ordinary words alone: a registered secret of a few letters is none', () => {
    const redactor = new Redactor();
    redactor.add('key');
    redactor.add('');
    const text = 'the key of the monkey; request req_011 took 12 ms';
    expect(redactor.redact(text)).toBe(text);
  });
});

describe('Log', () => {
  it('redacts every line, and what errors and their causes say', () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const sink = { trace: write, debug: write, info: write, warn: write, error: write };
    const log = new Log(sink, new Redactor());
    log.debug(KEY);
    log.info(KEY);
    log.warn(KEY);
    log.error('failed', new Error(`outer ${KEY}`, { cause: new Error(`inner ${KEY}`) }));
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).not.toContain('AbC_123');
    expect(lines[3]).toMatch(/outer[^]*caused by[^]*inner/u);
  });
});

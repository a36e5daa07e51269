import { describe, expect, it } from 'vitest';
import { readExportSettings } from '../../../../src/host/export/exportSettings';
import type { RawExportSettings } from '../../../../src/host/export/exportSettings';
import { english } from '../../../../src/host/translate';

function read(changes: Partial<RawExportSettings>) {
  return readExportSettings(
    {
      prometheusEnabled: false,
      prometheusPort: 9_464,
      otlpEnabled: false,
      otlpEndpoint: 'http://127.0.0.1:4318',
      otlpHeaders: {},
      ...changes,
    },
    english,
  );
}

describe('readExportSettings', () => {
  it('exports nothing unless it is switched on', () => {
    expect(read({})).toEqual({ port: undefined, collector: undefined, problems: [] });
    const off = { prometheusPort: 1, otlpEndpoint: 'nowhere', otlpHeaders: 'x' };
    expect(read(off).problems).toEqual([]);
  });

  it('takes ports from 1024 to 65535', () => {
    const port = (prometheusPort: unknown) => read({ prometheusEnabled: true, prometheusPort });
    expect([1_024, 65_535].map((value) => port(value).port)).toEqual([1_024, 65_535]);
    expect(port(undefined).port).toBe(9_464);
    for (const wrong of [0, 1_023, 65_536, 9_464.5, '9464', null]) {
      expect(port(wrong)).toMatchObject({
        port: undefined,
        problems: [
          'pulse.export.prometheus.port: expected a whole number from 1024 to 65535; nothing listens',
        ],
      });
    }
  });

  it('sends over https, and over http to this machine only', () => {
    const sent = (otlpEndpoint: unknown) => read({ otlpEnabled: true, otlpEndpoint });
    for (const endpoint of ['https://otel.example/otlp', 'http://localhost:4318', 'http://[::1]']) {
      expect(sent(endpoint)).toMatchObject({ collector: { endpoint }, problems: [] });
    }
    for (const wrong of ['http://otel.example', 'ftp://x', '', 'https://me:secret@x.example', 7]) {
      const { collector, problems } = sent(wrong);
      expect(collector).toBeUndefined();
      expect(problems).toHaveLength(1);
    }
  });

  it('sends nothing with headers that are none', () => {
    const sent = (otlpHeaders: unknown) => read({ otlpEnabled: true, otlpHeaders });
    expect(sent({ 'x-team': 'a' }).collector?.headers).toEqual({ 'x-team': 'a' });
    for (const wrong of ['x', { 'a b': 'c' }, { a: 'two\nlines' }, { a: 1 }]) {
      const { collector, problems } = sent(wrong);
      expect(collector).toBeUndefined();
      expect(problems).toHaveLength(1);
    }
  });
});

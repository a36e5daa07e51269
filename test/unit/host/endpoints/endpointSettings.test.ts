import { describe, expect, it } from 'vitest';
import {
  endpointId,
  parseEndpointSettings,
  NOWHERE,
} from '../../../../src/host/endpoints/endpointSettings';

const NOTHING = {
  baseUrl: undefined,
  authStyle: undefined,
  apiVersion: undefined,
  headers: undefined,
};

function baseUrl(value: unknown) {
  return parseEndpointSettings({ ...NOTHING, baseUrl: value });
}

describe('parseEndpointSettings', () => {
  it('means Anthropic’s own API when nothing is set', () => {
    expect(parseEndpointSettings(NOTHING)).toEqual({
      endpoint: {
        id: 'api.anthropic.com',
        baseURL: 'https://api.anthropic.com',
        authStyle: 'bearer',
        apiVersion: '2026-10-21',
        headers: {},
        group: 'default',
      },
      problems: [],
    });
  });

  it.each([
    ['https://gw.example/', 'https://gw.example'],
    ['https://gw.example/v1', 'https://gw.example'],
    [' https://GW.example/anthropic/v1/ ', 'https://gw.example/anthropic'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('takes %j as %s', (value, expected) => {
    expect(baseUrl(value)).toMatchObject({ endpoint: { baseURL: expected }, problems: [] });
  });

  it.each([
    'gw.example',
    'ftp://gw.example',
    'file:///etc/passwd',
    'https://user:password@gw.example',
    'https://token@gw.example',
    'https://gw.example?key=1',
    'https://gw.example#x',
    42,
  ])('refuses %j and never repeats it', (value) => {
    const { endpoint, problems } = baseUrl(value);
    // What was meant for another server never goes to Anthropic's.
    expect(endpoint.baseURL).toBe(NOWHERE);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^pulse\.baseUrl: expected /u);
    expect(problems[0]).not.toContain('password@');
  });

  it('gives different base URLs different ids', () => {
    const urls = ['https://a', 'http://a', 'https://a/b', 'https://a:8443', 'http://a:443'];
    expect(new Set(urls.map((url) => endpointId(url))).size).toBe(urls.length);
    expect(endpointId('https://a', 'b')).not.toBe(endpointId('https://a'));
  });

  it('names what is wrong with the rest and uses the defaults', () => {
    const { endpoint, problems } = parseEndpointSettings({
      baseUrl: '',
      authStyle: 'basic',
      apiVersion: 'latest',
      headers: { good: 'x', 'bad name': 'x', split: 'a\r\nb', number: 1 },
    });
    expect(endpoint).toMatchObject({
      authStyle: 'bearer',
      apiVersion: '2026-10-21',
      headers: { good: 'x' },
    });
    expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual([
      'pulse.authStyle',
      'pulse.apiVersion',
      'pulse.headers',
      'pulse.headers',
      'pulse.headers',
    ]);
  });

  it('puts the endpoint into its group', () => {
    const group = (value: unknown) => parseEndpointSettings({ ...NOTHING, group: value });
    expect(group('private').endpoint.group).toBe('private');
    expect(group('').endpoint.group).toBe('default');
  });

  it('keeps the endpoint apart from all others while the name of its group is none', () => {
    const { endpoint, problems } = parseEndpointSettings({ ...NOTHING, group: 'a b' });
    expect(endpoint.group).toBe('');
    expect(problems).toEqual([
      'pulse.endpointGroup: expected up to 40 letters, digits, ".", "_" and "-"; only pulse.baseUrl is asked until it is that',
    ]);
  });

  it('takes no headers from what is no object', () => {
    const { endpoint, problems } = parseEndpointSettings({ ...NOTHING, headers: ['x'] });
    expect(endpoint.headers).toEqual({});
    expect(problems).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { parseEndpointList } from '../../../../src/host/endpoints/endpointList';
import { parseEndpointSettings } from '../../../../src/host/endpoints/endpointSettings';

const { endpoint: primary } = parseEndpointSettings({
  baseUrl: '',
  authStyle: undefined,
  apiVersion: undefined,
  headers: undefined,
});

function parse(value: unknown) {
  return parseEndpointList(value, primary);
}

function idsOf(value: unknown): string[] {
  return parse(value).endpoints.map(({ id }) => id);
}

describe('parseEndpointList', () => {
  it.each([undefined, []])('has no endpoints where none are set: %j', (value) => {
    expect(parse(value)).toEqual({ endpoints: [], problems: [] });
  });

  it('takes an address alone', () => {
    expect(parse([{ baseUrl: 'https://gw.example/v1/' }])).toEqual({
      endpoints: [
        {
          id: 'gw.example',
          baseURL: 'https://gw.example',
          authStyle: 'bearer',
          apiVersion: '2026-10-21',
          headers: {},
          group: 'default',
          weight: 1,
          models: {},
        },
      ],
      problems: [],
    });
  });

  it('takes all that can be said of one', () => {
    const said = {
      authStyle: 'x-api-key',
      apiVersion: '2023-06-01',
      headers: { 'x-team': '${secret:team}' },
      group: 'private',
      weight: 0.5,
      models: { 'claude-sonnet-5-5': 'sonnet' },
    };
    expect(parse([{ name: 'eu', baseUrl: 'https://gw.example', ...said }])).toEqual({
      endpoints: [{ id: 'gw.example#eu', baseURL: 'https://gw.example', ...said }],
      problems: [],
    });
  });

  it('tells endpoints at one address apart by their names, whatever else is in the list', () => {
    const second = { baseUrl: 'https://api.anthropic.com', name: 'second' };
    const gateway = { baseUrl: 'https://gw.example' };
    expect(idsOf([second, gateway])).toEqual(['api.anthropic.com#second', 'gw.example']);
    expect(idsOf([{ ...gateway, name: 'b' }, gateway, second])).toEqual([
      'gw.example#b',
      'gw.example',
      'api.anthropic.com#second',
    ]);
  });

  it('leaves out one that has the address and name of another', () => {
    const twin = { baseUrl: 'https://gw.example', name: 'a' };
    const { endpoints, problems } = parse([{ baseUrl: 'https://api.anthropic.com/' }, twin, twin]);
    expect(endpoints.map(({ id }) => id)).toEqual(['gw.example#a']);
    expect(problems).toEqual([
      'pulse.endpoints[0]: the same address as pulse.baseUrl wants a name of its own; this endpoint gets nothing',
      'pulse.endpoints[2]: the same address as pulse.endpoints[1] wants a name of its own; this endpoint gets nothing',
    ]);
  });

  it.each([
    ['no object', 'https://gw.example', ': expected an object'],
    ['no address', {}, '.baseUrl: expected an address'],
    ['an empty address', { baseUrl: '' }, '.baseUrl: expected an address'],
    ['a password', { baseUrl: 'https://u:p@gw.example' }, 'an address without a password'],
    ['a name with a space', { name: 'a b' }, '.name: expected up to 40 letters'],
    ['a name with "#"', { name: 'a#b' }, '.name: expected up to 40 letters'],
    ['an empty name', { name: '' }, '.name: expected up to 40 letters'],
    ['an unknown style', { authStyle: 'basic' }, '.authStyle: expected one of bearer'],
    ['no date', { apiVersion: 'latest' }, '.apiVersion: expected a date'],
    ['a bad header', { headers: { 'bad name': 'x' } }, '.headers: "bad name" is no valid header'],
    ['no headers', { headers: [] }, '.headers: expected an object'],
    ['a bad group', { group: 7 }, '.group: expected up to 40 letters'],
    ['no weight', { weight: 0 }, '.weight: expected a number from 0.01 to 100'],
    ['a weight that is no number', { weight: Number.NaN }, '.weight: expected a number'],
    ['no names', { models: { a: '' } }, '.models: expected an object of usual names'],
    ['a typing mistake', { wieght: 2 }, ': there is no member "wieght"'],
  ])('leaves out one with %s, and says why', (_, part, expected) => {
    const good = { baseUrl: 'https://good.example' };
    const entry = typeof part === 'string' ? part : { baseUrl: 'https://gw.example', ...part };
    const isWhole = typeof part === 'object' && Object.keys(part).length === 0;
    const { endpoints, problems } = parse([isWhole ? {} : entry, good]);
    expect(endpoints.map(({ id }) => id)).toEqual(['good.example']);
    expect(problems[0]).toContain(`pulse.endpoints[0]`);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).toMatch(/; this endpoint gets nothing$/u);
    expect(problems.join()).not.toContain('u:p@');
  });

  it('uses nothing of what is no list', () => {
    expect(parse({ baseUrl: 'https://gw.example' })).toEqual({
      endpoints: [],
      problems: ['pulse.endpoints: expected a list; it is not used'],
    });
  });
});

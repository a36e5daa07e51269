import { describe, expect, it } from 'vitest';
import { ContextError } from '../../../../src/host/context/contextProblem';
import { WebFetcher } from '../../../../src/host/context/webFetcher';
import type { PageRequest, PageResponse } from '../../../../src/host/context/webFetcher';
import { FakeClock, settle } from '../../../helpers/fakeClock';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.test': ['2606:4700::1111', '93.184.215.14'],
  'inside.test': ['10.0.0.1'],
  'mixed.test': ['93.184.215.14', '127.0.0.1'],
};

function web(answer: (request: PageRequest) => Partial<PageResponse> | Promise<PageResponse>) {
  const clock = new FakeClock();
  const requests: PageRequest[] = [];
  const fetcher = new WebFetcher({
    clock,
    resolve: async (host) => NAMES[host] ?? Promise.reject(new Error('ENOTFOUND')),
    get: async (request) => {
      requests.push(request);
      const given = answer(request);
      const ok = {
        status: 200,
        location: undefined,
        contentType: 'text/plain',
        bytes: new Uint8Array([104, 105]),
      };
      return given instanceof Promise ? given : { ...ok, ...given };
    },
  });
  const kindOf = async (url: string): Promise<string> => {
    try {
      await fetcher.fetch(url, new AbortController().signal);
      return 'fetched';
    } catch (error) {
      return error instanceof ContextError ? error.kind : String(error);
    }
  };
  return { clock, requests, fetcher, kindOf };
}

describe('a page from the web', () => {
  it('comes from the address that was checked, without the password in its address', async () => {
    const { fetcher, requests, clock } = web(() => ({ contentType: 'Text/HTML; charset="utf-8"' }));
    const page = await fetcher.fetch('https://me:pw@public.test/a#b', new AbortController().signal);
    expect(requests.map(({ url, address }) => [url.href, address])).toEqual([
      ['https://public.test/a', '93.184.215.14'],
    ]);
    expect(page).toMatchObject({
      mime: 'text/html',
      charset: 'utf-8',
      url: 'https://public.test/a',
    });
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['http://inside.test/', 'privateAddress'],
    ['http://mixed.test/', 'privateAddress'],
    ['http://127.0.0.1/', 'privateAddress'],
    ['http://2130706433/', 'privateAddress'],
    ['http://0x7f.1/', 'privateAddress'],
    ['http://[::ffff:7f00:1]/', 'privateAddress'],
    ['http://unknown.test/', 'unresolved'],
    ['file:///etc/passwd', 'scheme'],
    ['nothing', 'address'],
  ])('is refused at %s: %s', async (url, kind) => {
    const { kindOf, requests } = web(() => ({}));
    expect(await kindOf(url)).toBe(kind);
    expect(requests).toEqual([]);
  });

  it('is refused where a redirect leads inside', async () => {
    const { kindOf, requests } = web(() => ({
      status: 302,
      location: 'http://169.254.169.254/latest',
    }));
    expect(await kindOf('http://public.test/')).toBe('privateAddress');
    expect(requests).toHaveLength(1);
  });

  it('is given up after five redirects', async () => {
    const { kindOf, requests } = web(() => ({ status: 301, location: '/again' }));
    expect(await kindOf('http://public.test/')).toBe('redirects');
    expect(requests).toHaveLength(6);
  });

  it('is given up after ten seconds, with its request ended', async () => {
    const { kindOf, requests, clock } = web(() => new Promise<PageResponse>(() => undefined));
    const outcome = kindOf('http://public.test/');
    await settle();
    await clock.advance(10_000);
    expect(await outcome).toBe('slow');
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('tells a status that is no page', async () => {
    expect(await web(() => ({ status: 404 })).kindOf('http://public.test/')).toBe('status');
  });
});

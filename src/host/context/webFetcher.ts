import { abortable, AbortError, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { isIP } from 'node:net';
import { ContextError } from './contextProblem';
import type { FetchedPage, WebPort } from './contextPorts';
import { isPublicAddress } from './publicAddress';

const MAX_REDIRECTS = 5;
const LIMIT_MS = 10_000;
const MAX_PAGE_BYTES = 2_000_000;

export interface PageRequest {
  readonly url: URL;
  /** Connected to, whatever the name resolves to by then. */
  readonly address: string;
  /** Rejects with `tooLarge` beyond it. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface PageResponse {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface WebFetcherOptions {
  /** Addresses of a host name; rejects when it has none. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** One request, no redirects followed. */
  readonly get: (request: PageRequest) => Promise<PageResponse>;
  readonly clock: Clock;
}

/**
 * Gets a page that the user named, and nothing that is on this machine or in its network: every address that a name has must be public,
 * the connection goes to the address that was checked (a name that changes its mind in between gains nothing), and each redirect is
 * checked in the same way. At most 5 redirects, 10 s and 2 MB in all.
 */
export class WebFetcher implements WebPort {
  readonly #options: WebFetcherOptions;

  constructor(options: WebFetcherOptions) {
    this.#options = options;
  }

  async fetch(url: string, signal: AbortSignal): Promise<FetchedPage> {
    throwIfAborted(signal);
    const ended = new AbortController();
    const onAbort = (): void => ended.abort(new AbortError());
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = this.#options.clock.setTimeout(
      () => ended.abort(new ContextError({ kind: 'slow', seconds: LIMIT_MS / 1_000 })),
      LIMIT_MS,
    );
    try {
      return await abortable(this.#follow(url, ended.signal), ended.signal);
    } catch (error) {
      if (ended.signal.aborted || error instanceof ContextError) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      throw new ContextError({ kind: 'network', detail }, { cause: error });
    } finally {
      timer.dispose();
      signal.removeEventListener('abort', onAbort);
      ended.abort(new AbortError());
    }
  }

  async #follow(start: string, signal: AbortSignal): Promise<FetchedPage> {
    let url = webAddress(start);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const address = await this.#checkedAddress(url);
      throwIfAborted(signal);
      const answer = await this.#options.get({ url, address, maxBytes: MAX_PAGE_BYTES, signal });
      const { status, location } = answer;
      if (status >= 300 && status < 400 && location !== undefined) {
        url = webAddress(location, url);
        continue;
      }
      if (status < 200 || status >= 300) throw new ContextError({ kind: 'status', status });
      return page(url, answer);
    }
    throw new ContextError({ kind: 'redirects', max: MAX_REDIRECTS });
  }

  /** IPv4 first: where IPv6 does not work it fails slowly. */
  async #checkedAddress({ hostname }: URL): Promise<string> {
    const host = hostname.replace(/^\[|\]$/gu, '');
    const addresses = isIP(host) === 0 ? await this.#resolve(host) : [host];
    if (!addresses.every(isPublicAddress)) {
      throw new ContextError({ kind: 'privateAddress', host });
    }
    const address = addresses.find((one) => isIP(one) === 4) ?? addresses[0];
    if (address === undefined) throw new ContextError({ kind: 'unresolved', host });
    return address;
  }

  async #resolve(host: string): Promise<readonly string[]> {
    try {
      return await this.#options.resolve(host);
    } catch (error) {
      throw new ContextError({ kind: 'unresolved', host }, { cause: error });
    }
  }
}

/** http or https, without the name and password that an address may carry. */
function webAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (!url) throw new ContextError({ kind: 'address', url: text.slice(0, 200) });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ContextError({ kind: 'scheme', scheme: url.protocol.replace(':', '') });
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

function page(url: URL, { contentType, bytes }: PageResponse): FetchedPage {
  const [type = '', ...parameters] = contentType.split(';');
  const charset = parameters
    .map((one) => /^\s*charset\s*=\s*"?([\w.:-]{1,40})/iu.exec(one)?.[1])
    .find((one) => one !== undefined);
  return { url: url.href, mime: type.trim().toLowerCase(), charset: charset ?? '', bytes };
}

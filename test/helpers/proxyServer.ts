import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A host name that only the proxy knows: what reaches the target under it came through the proxy. */
export const HOST_BEHIND_PROXY = 'api.behind-proxy.test';

/** An HTTP proxy on this machine, for tests: takes CONNECT and absolute addresses, and leads both to one port. */
export class ProxyServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What it was asked for, "CONNECT host:port" or "POST http://host/path". */
  readonly asked: string[] = [];

  private constructor(targetPort: number) {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const url = new URL(request.url ?? '/', 'http://nowhere.test');
      const onward = httpRequest({
        port: targetPort,
        host: '127.0.0.1',
        method: request.method ?? 'GET',
        path: url.pathname + url.search,
        // The target answers under its own name only.
        headers: { ...request.headers, host: `127.0.0.1:${targetPort}` },
      });
      onward.on('response', (answer: IncomingMessage) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    this.#server.on('connect', (request: IncomingMessage, client: Socket) => {
      this.asked.push(`CONNECT ${request.url ?? ''}`);
      this.#keep(client);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      // What comes through the tunnel is taken like any other request.
      this.#server.emit('connection', client);
    });
    this.#server.on('connection', (socket) => this.#keep(socket));
  }

  static async start(targetPort: number): Promise<ProxyServer> {
    const proxy = new ProxyServer(targetPort);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${isBound(address) ? address.port : 0}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

function isBound(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

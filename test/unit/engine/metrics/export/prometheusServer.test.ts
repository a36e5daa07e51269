import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  METRICS_PATH,
  PrometheusServer,
} from '../../../../../src/engine/metrics/export/prometheusServer';
import type { PrometheusState } from '../../../../../src/engine/metrics/export/prometheusServer';
import { FakeClock } from '../../../../helpers/fakeClock';
import { unusedPort } from '../../../../helpers/unusedPort';

const servers: PrometheusServer[] = [];
const occupants: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.dispose();
  for (const occupant of occupants.splice(0)) await closed(occupant);
});

async function occupy(port = 0): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function started(port: number, clock = new FakeClock(), text = () => 'a_total 1\n') {
  const server = new PrometheusServer({ port, clock, text });
  servers.push(server);
  return server;
}

async function reached(server: PrometheusServer, kind: PrometheusState['kind']): Promise<void> {
  await expect.poll(() => server.state.kind).toBe(kind);
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(
  port: number,
  { path = METRICS_PATH, method = 'GET', host = `127.0.0.1:${port}` } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, method, host: '127.0.0.1', headers: { host } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      );
    });
    asked.end();
  });
}

describe('PrometheusServer', () => {
  it('tells the metrics as text, to both names of this machine', async () => {
    const port = await unusedPort();
    const server = started(port);
    await reached(server, 'listening');
    expect(server.state).toEqual({
      kind: 'listening',
      url: `http://127.0.0.1:${port}${METRICS_PATH}`,
    });
    const answer = await ask(port);
    expect(answer).toMatchObject({ status: 200, body: 'a_total 1\n' });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const other = await ask(port, { host: `localhost:${port}`, path: `${METRICS_PATH}?x=1` });
    expect(other.status).toBe(200);
  });

  it('answers to no other name, path or method', async () => {
    const port = await unusedPort();
    await reached(started(port), 'listening');
    const status = async (asked: Parameters<typeof ask>[1]) => (await ask(port, asked)).status;
    expect(await status({ host: `evil.example:${port}` })).toBe(403);
    expect(await status({ host: '127.0.0.1' })).toBe(403);
    expect(await status({ path: '/' })).toBe(404);
    expect(await status({ path: '/metrics/x' })).toBe(404);
    const posted = await ask(port, { method: 'POST' });
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  it('answers with an error when the metrics can’t be read', async () => {
    const port = await unusedPort();
    const fail = () => {
      throw new Error('a secret');
    };
    await reached(started(port, new FakeClock(), fail), 'listening');
    const { status, body } = await ask(port);
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
  });

  it('says that a port is taken, and has it a minute after it is free', async () => {
    const occupant = await occupy();
    const port = portOf(occupant);
    const clock = new FakeClock();
    const server = started(port, clock);
    const told: PrometheusState[] = [];
    server.onStateChange((state) => told.push(state));
    await reached(server, 'taken');
    expect(server.state).toEqual({ kind: 'taken', port });
    await closed(occupant);
    await clock.advance(59_999);
    expect(server.state.kind).toBe('taken');
    await clock.advance(1);
    await reached(server, 'listening');
    expect((await ask(port)).status).toBe(200);
    expect(told.map(({ kind }) => kind)).toEqual(['taken', 'listening']);
  });

  it('frees the port when it ends, and tries no more', async () => {
    const port = await unusedPort();
    const clock = new FakeClock();
    const first = started(port, clock);
    await reached(first, 'listening');
    const waiting = started(port, clock);
    await reached(waiting, 'taken');
    waiting.dispose();
    expect(clock.pending).toBe(0);
    first.dispose();
    occupants.push(await occupy(port));
  });

  it.each([0, 65_536, 1.5])('refuses port %d', (port) => {
    expect(() => new PrometheusServer({ port, clock: new FakeClock(), text: () => '' })).toThrow(
      `expected a port from 1 to 65535, got ${port}`,
    );
  });
});

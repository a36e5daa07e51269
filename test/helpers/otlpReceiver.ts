import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import root from '@opentelemetry/otlp-transformer/build/src/generated/root';
import * as v from 'valibot';

/** A message type as OpenTelemetry's own generated protobuf code has it. */
interface MessageType {
  verify(message: unknown): string | null;
  fromObject(object: unknown): unknown;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: { readonly longs: StringConstructor }): unknown;
}
interface Generated {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: MessageType } };
        readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: MessageType } };
      };
    };
  };
}
const { collector } = (root as unknown as Generated).opentelemetry.proto;
const TYPES: Readonly<Record<string, MessageType>> = {
  '/v1/metrics': collector.metrics.v1.ExportMetricsServiceRequest,
  '/v1/traces': collector.trace.v1.ExportTraceServiceRequest,
};

const attributeSchema = v.object({ key: v.string(), value: v.record(v.string(), v.unknown()) });
const attributes = v.optional(v.array(attributeSchema), []);
const pointSchema = v.looseObject({ attributes });
const points = v.optional(v.looseObject({ dataPoints: v.array(pointSchema) }));
const resource = v.object({ attributes });
export const metricsSchema = v.object({
  resourceMetrics: v.array(
    v.object({
      resource,
      scopeMetrics: v.array(
        v.object({
          metrics: v.array(
            v.looseObject({ name: v.string(), gauge: points, sum: points, histogram: points }),
          ),
        }),
      ),
    }),
  ),
});
export const tracesSchema = v.object({
  resourceSpans: v.array(
    v.object({
      resource,
      scopeSpans: v.array(
        v.object({
          spans: v.array(
            v.looseObject({
              name: v.string(),
              traceId: v.instance(Uint8Array),
              spanId: v.instance(Uint8Array),
              startTimeUnixNano: v.string(),
              endTimeUnixNano: v.string(),
              attributes,
              events: v.optional(
                v.array(v.object({ name: v.string(), timeUnixNano: v.string(), attributes })),
                [],
              ),
              status: v.optional(v.looseObject({})),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly text: string;
  /**
   * What OpenTelemetry's own decoder makes of it, through protobuf and back.
   * @throws where that does not accept it, or it holds anything that the protocol does not know
   */
  decode(): unknown;
}

function decode(path: string, text: string): unknown {
  const type = TYPES[path];
  if (!type) throw new Error(`nothing is received at ${path}`);
  const body: unknown = JSON.parse(text);
  const message = type.fromObject(withBinaryIds(body));
  const problem = type.verify(message);
  if (problem !== null) throw new Error(problem);
  const decoded = type.toObject(type.decode(type.encode(message).finish()), { longs: String });
  const known = new Set(namesIn(decoded));
  const unknown = namesIn(body).find((name) => !known.has(name));
  if (unknown !== undefined) throw new Error(`the protocol does not know ${unknown}`);
  return decoded;
}

/** OTLP has ids as hex, where protobuf's JSON has base64: the one thing that its receivers read on their own. */
function withBinaryIds(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return /^(?:trace|span)Id$/u.test(name) ? fromHex(value) : value;
  if (Array.isArray(value)) return value.map((one: unknown) => withBinaryIds(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [key, withBinaryIds(of, key)]),
  );
}

function fromHex(text: string): Uint8Array {
  if (!/^(?:[\da-f]{2})+$/u.test(text)) throw new Error(`no hex: ${text}`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (Array.isArray(value)) return value.flatMap((one: unknown) => namesIn(one));
  return Object.entries(value).flatMap(([name, of]) => [name].concat(namesIn(of)));
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A collector for tests: keeps what it gets, and answers as it is told to. */
export class OtlpReceiver {
  readonly #server: Server;
  readonly received: Received[] = [];
  /** For the next requests, one each; after them all is well. */
  readonly replies: Reply[] = [];
  /** Requests are not answered. */
  isSilent = false;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const path = request.url ?? '';
        const reply = this.#take(path, request.headers, text);
        if (this.isSilent) return;
        response.writeHead(reply.status ?? 200, {
          'content-type': 'application/json',
          ...reply.headers,
        });
        response.end(JSON.stringify(reply.body ?? {}));
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => {
      receiver.#server.listen(0, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  at(path: '/v1/metrics' | '/v1/traces'): readonly Received[] {
    return this.received.filter((one) => one.path === path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #take(path: string, headers: IncomingHttpHeaders, text: string): Reply {
    this.received.push({ path, headers, text, decode: () => decode(path, text) });
    return this.replies.shift() ?? {};
  }
}

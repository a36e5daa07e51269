import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Recorded streams and errors, kept beside the project: tests that need them are skipped where they are not. */
const folder = path.resolve(import.meta.dirname, '../../../shared/wire');

export interface Recording {
  readonly name: string;
  readonly bytes: Buffer;
}

export const haveRecordings = existsSync(folder);

export function recordings(): readonly Recording[] {
  if (!haveRecordings) return [];
  const sse = path.join(folder, 'sse');
  return readdirSync(sse)
    .filter((name) => name.endsWith('.sse'))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(path.join(sse, name)) }));
}

export interface RecordedError {
  readonly status: number;
  readonly where: 'http' | 'sse';
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export function recordedErrors(): readonly RecordedError[] {
  if (!haveRecordings) return [];
  const entries: unknown = JSON.parse(readFileSync(path.join(folder, 'errors.json'), 'utf8'));
  if (!Array.isArray(entries)) throw new TypeError('errors.json is no list');
  return entries.map((entry: Record<string, unknown>) => ({
    status: Number(entry['status']),
    where: entry['where'] === 'sse' ? 'sse' : 'http',
    body: entry['body'],
    headers: stringRecord(entry['headers']),
  }));
}

function stringRecord(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}

export interface ExpectedReply {
  text: string;
  thinking: string;
  readonly tools: { id: unknown; name: unknown; input: unknown }[];
  readonly blockTypes: string[];
  stopReason: unknown;
  model: unknown;
  readonly usage: Record<string, unknown>;
}

/** The fields of events that are compared. */
interface WireData {
  readonly type: string;
  readonly index?: number;
  readonly message?: { readonly model: string; readonly usage: Record<string, unknown> };
  readonly content_block?: Record<string, unknown> & { readonly type: string };
  readonly delta?: {
    readonly text?: string;
    readonly thinking?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string;
  };
  readonly usage?: Record<string, unknown>;
}

function dataOf(bytes: Buffer): readonly WireData[] {
  const messages = bytes.toString('utf8').replaceAll('\r\n', '\n').split('\n\n');
  const lines = messages.flatMap((message) =>
    message.split('\n').filter((line) => line.startsWith('data:')),
  );
  return lines.map((line) => JSON.parse(line.slice(5)) as WireData);
}

/** Reads a recording in the plainest way there is, to compare with. */
export function readPlainly(bytes: Buffer): ExpectedReply {
  const reply: ExpectedReply = {
    text: '',
    thinking: '',
    tools: [],
    blockTypes: [],
    stopReason: undefined,
    model: undefined,
    usage: {},
  };
  const inputs = new Map<number, string>();
  for (const { message, content_block, delta, usage, index = -1 } of dataOf(bytes)) {
    if (message) {
      reply.model = message.model;
      Object.assign(reply.usage, message.usage);
    }
    if (content_block) reply.blockTypes.push(content_block.type);
    if (delta) takeDelta(reply, inputs, index, delta);
    for (const [name, value] of Object.entries(usage ?? {})) {
      if (value !== null) reply.usage[name] = value;
    }
  }
  for (const { content_block, index = -1 } of dataOf(bytes)) {
    if (content_block?.type !== 'tool_use') continue;
    const { id, name, input } = content_block;
    const json = inputs.get(index) ?? '';
    reply.tools.push({ id, name, input: json === '' ? input : (JSON.parse(json) as unknown) });
  }
  return reply;
}

function takeDelta(
  reply: ExpectedReply,
  inputs: Map<number, string>,
  index: number,
  delta: NonNullable<WireData['delta']>,
): void {
  reply.text += delta.text ?? '';
  reply.thinking += delta.thinking ?? '';
  reply.stopReason = delta.stop_reason ?? reply.stopReason;
  inputs.set(index, (inputs.get(index) ?? '') + (delta.partial_json ?? ''));
}

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
  const starts = new Map<number, Record<string, unknown>>();
  for (const message of bytes.toString('utf8').replaceAll('\r\n', '\n').split('\n\n')) {
    const line = message.split('\n').find((each) => each.startsWith('data:'));
    if (line === undefined) continue;
    // eslint-disable-next-line typescript/no-unsafe-assignment -- the plainest way
    const data: Record<string, any> = JSON.parse(line.slice(5));
    const index = Number(data['index']);
    /* eslint-disable typescript/no-unsafe-member-access, typescript/no-unsafe-assignment, typescript/no-unsafe-argument */
    switch (data['type']) {
      case 'message_start':
        reply.model = data['message'].model;
        Object.assign(reply.usage, data['message'].usage);
        break;
      case 'content_block_start':
        starts.set(index, data['content_block']);
        reply.blockTypes.push(data['content_block'].type);
        reply.text += data['content_block'].text ?? '';
        break;
      case 'content_block_delta':
        reply.text += data['delta'].text ?? '';
        reply.thinking += data['delta'].thinking ?? '';
        inputs.set(index, (inputs.get(index) ?? '') + (data['delta'].partial_json ?? ''));
        break;
      case 'content_block_stop': {
        const start = starts.get(index);
        if (start?.['type'] !== 'tool_use') break;
        const json = inputs.get(index) ?? '';
        reply.tools.push({
          id: start['id'],
          name: start['name'],
          input: json === '' ? start['input'] : JSON.parse(json),
        });
        break;
      }
      case 'message_delta':
        reply.stopReason = data['delta'].stop_reason;
        for (const [name, value] of Object.entries(data['usage'] ?? {})) {
          if (value !== null) reply.usage[name] = value;
        }
        break;
      default:
    }
    /* eslint-enable */
  }
  return reply;
}

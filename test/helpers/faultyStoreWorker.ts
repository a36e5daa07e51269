/**
 * The store's worker with faults that only a broken thread or disk has. Titles order them: `die`, `hang` (no answer to this call),
 * `late` (an answer after a while), `nonsense` (an answer that is none), `disk full` and `disk free`.
 */
import type * as sqlite from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

interface Message {
  readonly id: number;
  readonly call: { readonly patch?: { readonly title?: string } };
}

/** SQLite's own limit, which it reports like a full disk. Pages. */
const NO_LIMIT = 1_000_000_000;
let pageLimit = NO_LIMIT;
const databases = new Set<sqlite.DatabaseSync>();

function limitPages(database: sqlite.DatabaseSync): void {
  // A limit below the size of the file means the size of the file.
  database.exec(`PRAGMA max_page_count = ${pageLimit}`);
}

function setDisk(limit: number): void {
  pageLimit = limit;
  for (const database of databases) limitPages(database);
}

function breakPort(port: MessagePort): void {
  const listen = port.on.bind(port);
  const faults: Record<string, (message: Message, serve: (message: Message) => void) => void> = {
    die: () => process.exit(7),
    hang: () => undefined,
    late: (message, serve) => void setTimeout(() => serve(message), 50),
    nonsense: ({ id }) => port.postMessage({ id, type: 'gibberish' }),
    'disk full': (message, serve) => {
      serve(message);
      setDisk(1);
    },
    'disk free': (message, serve) => {
      setDisk(NO_LIMIT);
      serve(message);
    },
  };
  const listenWithFaults = (event: string, serve: (message: Message) => void): MessagePort =>
    listen(event, (message: Message) => {
      const fault = faults[message.call.patch?.title ?? ''];
      if (fault) fault(message, serve);
      else serve(message);
    });
  Object.defineProperty(port, 'on', { value: listenWithFaults });
}

/** Every database that the store opens, also after a fault, is on this disk. */
function breakDisk(): void {
  const load = process.getBuiltinModule.bind(process);
  const broken = (id: string): unknown => {
    const found: unknown = load(id);
    return id === 'node:sqlite' ? onThisDisk(load('node:sqlite')) : found;
  };
  Object.defineProperty(process, 'getBuiltinModule', { value: broken });
}

function onThisDisk(module: typeof sqlite): typeof sqlite {
  class Database extends module.DatabaseSync {
    constructor(file: string) {
      super(file);
      databases.add(this);
      limitPages(this);
    }

    override close(): void {
      databases.delete(this);
      super.close();
    }
  }
  return { ...module, DatabaseSync: Database };
}

if (!parentPort) throw new Error('a worker only');
breakPort(parentPort);
breakDisk();
await import('../../src/store/worker');

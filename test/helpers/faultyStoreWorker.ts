/**
 * The store's worker with faults that only a broken thread has. Titles order them: `die`, `hang` (no answer to this call),
 * `late` (an answer after a while), `nonsense` (an answer that is none).
 */
import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

interface Message {
  readonly id: number;
  readonly call: { readonly title?: string };
}

function breakPort(port: MessagePort): void {
  const listen = port.on.bind(port);
  const faults: Record<string, (message: Message, serve: (message: Message) => void) => void> = {
    die: () => process.exit(7),
    hang: () => undefined,
    late: (message, serve) => void setTimeout(() => serve(message), 50),
    nonsense: ({ id }) => port.postMessage({ id, type: 'gibberish' }),
  };
  const listenWithFaults = (event: string, serve: (message: Message) => void): MessagePort =>
    listen(event, (message: Message) => {
      const fault = faults[message.call.title ?? ''];
      if (fault) fault(message, serve);
      else serve(message);
    });
  Object.defineProperty(port, 'on', { value: listenWithFaults });
}

if (!parentPort) throw new Error('a worker only');
breakPort(parentPort);
await import('../../src/store/worker');

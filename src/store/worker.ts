import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../base/clock';
import { parseCall, parseRequest, parseWorkerOptions, toErrorResponse } from './messages';
import type { StoreRequest, StoreResponse } from './messages';
import { toStoreError } from './sqliteError';
import { loadSqlite } from './sqliteModule';
import { StoreService } from './storeService';

/**
 * Entry of the store's own thread: `node:sqlite` is synchronous, and waiting here for a disk or for another window's lock freezes
 * nobody. A message that is no request, or a bad start, ends the thread with an error; the other side reports it.
 */
function serve(port: MessagePort): void {
  const options = parseWorkerOptions(workerData);
  const post = (response: StoreResponse): void => port.postMessage(response);
  const service = new StoreService({
    ...options,
    sqlite: loadSqlite(),
    clock: systemClock,
    onRecovered: (movedTo) => post({ type: 'recovered', movedTo }),
  });

  const answer = (request: StoreRequest): StoreResponse => {
    try {
      const value = service.handle(parseCall(request.call));
      return { type: 'result', id: request.id, value };
    } catch (error) {
      return toErrorResponse(request.id, toStoreError(error, options.file));
    }
  };

  port.on('message', (message: unknown) => post(answer(parseRequest(message))));
}

if (!parentPort) throw new Error('the store runs in a worker thread only');
serve(parentPort);

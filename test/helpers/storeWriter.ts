/**
 * A window in a process of its own: opens the store and saves turns into the conversation `c`, each one streamed in pieces.
 * Arguments: file, worker's URL, name, number of turns. Exit code 0 when every call succeeded.
 */
import { SqliteConversationStore } from '../../src/store/conversationStore';
import { conversation, outcome, turn } from './storedTurns';

const [file = '', workerUrl = '', name = '', count = '0'] = process.argv.slice(2);
const store = SqliteConversationStore.open({ file, workerUrl: new URL(workerUrl) });
await store.createConversation(conversation('c'));
for (let ordinal = 0; ordinal < Number(count); ordinal++) {
  const id = `${name}${ordinal}`;
  await store.insertTurn(turn(id, { ordinal }));
  await store.appendToTurn(id, { text: 'Once ', thinking: '' });
  await store.appendToTurn(id, { text: 'upon', thinking: '' });
  if (ordinal % 2 === 0) await store.finishTurn(id, outcome({ text: 'Once upon' }));
}
if (name === 'killed') process.kill(process.pid, 'SIGKILL');
await store.close();

/**
 * A window in a process of its own: opens the store and saves turns into the conversation `c`, each one streamed in pieces.
 * Arguments: file, worker's URL, name, number of turns. Exit code 0 when every call succeeded. With the name `endless` it goes on until
 * it is killed, and says on its standard output what the store has acknowledged: `t7` for a turn, `t7 3` for its third piece.
 */
import { writeSync } from 'node:fs';
import { SqliteConversationStore } from '../../src/store/conversationStore';
import { conversation, outcome, turn } from './storedTurns';

const [file = '', workerUrl = '', name = '', count = '0'] = process.argv.slice(2);
const store = SqliteConversationStore.open({ file, workerUrl: new URL(workerUrl) });

async function writeTurns(): Promise<void> {
  for (let ordinal = 0; ordinal < Number(count); ordinal++) {
    const id = `${name}${ordinal}`;
    await store.insertTurn(turn(id, { ordinal }));
    await store.appendToTurn(id, { text: 'Once ', thinking: '' });
    await store.appendToTurn(id, { text: 'upon', thinking: '' });
    if (ordinal % 2 === 0) await store.finishTurn(id, outcome({ text: 'Once upon' }));
  }
  if (name === 'killed') process.kill(process.pid, 'SIGKILL');
  await store.close();
}

/** Told at once, past any buffer: what was told before the kill was acknowledged before it. */
function tell(what: string): void {
  writeSync(1, `${what}\n`);
}

async function writeUntilKilled(): Promise<never> {
  for (let ordinal = 0; ; ordinal++) {
    const id = `t${ordinal}`;
    await store.insertTurn(turn(id, { ordinal }));
    tell(id);
    for (let piece = 0; piece < 5; piece++) {
      await store.appendToTurn(id, { text: `${piece} ${'words '.repeat(200)}`, thinking: '' });
      tell(`${id} ${piece}`);
    }
    if (ordinal % 3 === 0) await store.deleteTurn(id);
    if (ordinal % 3 === 0) tell(`${id} deleted`);
  }
}

await store.createConversation(conversation('c'));
await (name === 'endless' ? writeUntilKilled() : writeTurns());

import type { HostToChat } from '../../../src/protocol/chat';
import type { ChatToHost } from '../../../src/protocol/chatToHost';
import { conversation as storedConversation, turn as storedTurn } from '../../helpers/storedTurns';
import { settle } from '../../helpers/fakeClock';
import { TestChats } from '../../helpers/testChats';
import type { BenchReport } from '../lib/benchReport';
import { collectGarbage } from '../lib/garbage';
import { rounded } from '../lib/statistics';
import { waitForPage } from '../lib/waitForPage';
import { longConversation } from './longConversation';

const TURNS = 1_000;
const CYCLES = 3;
const CONVERSATIONS = 10_000;
const ANSWER_LIMIT_MS = 10_000;

interface Cycle {
  readonly pane: WeakRef<object>;
  readonly session: WeakRef<object>;
  readonly snapshotBytes: number;
}

/** What a conversation and a long history leave in the extension host: the real chats over a store in memory. */
export async function benchHost(report: BenchReport, quick: boolean): Promise<void> {
  const host = new TestChats();
  await fillWithTurns(host, quick ? 100 : TURNS);
  const rows = [{ name: 'nothing opened yet', heapMB: await heapMB() }];
  const cycles: Cycle[] = [];
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    cycles.push(await openAndClose(host));
    rows.push({ name: `closed, time ${cycle}`, heapMB: await heapMB() });
  }
  const before = rows.at(-1)?.heapMB ?? Number.NaN;
  const history = await listHistory(host, quick ? 1_000 : CONVERSATIONS);
  rows.push({ name: 'history listed and searched, store aside', heapMB: before + history.grownMB });
  report.addTable(
    'Memory of the extension host',
    `Heap after collection; the snapshot has ${rounded((cycles[0]?.snapshotBytes ?? 0) / 2 ** 20, 2)} MB, the answer to a question for the history ${rounded(history.answerBytes / 2 ** 10, 0)} KB.`,
    rows.map(({ name, heapMB: mb }) => ({ name, heapMB: rounded(mb, 2) })),
  );
  const grown = before - (rows[0]?.heapMB ?? Number.NaN);
  report.addTarget(`heap of the host, growth over ${CYCLES} cycles`, '<=', 10, grown, 'MB');
  const alive = cycles.flatMap(({ pane, session }) => [pane, session]).filter((ref) => ref.deref());
  report.addTarget('panes and sessions that outlive their closing', '<=', 0, alive.length, '');
  report.addTarget('heap of the host, growth by the history', '<=', 10, history.grownMB, 'MB');
  await host.chats.close();
}

async function fillWithTurns({ store }: TestChats, count: number): Promise<void> {
  await store.createConversation(storedConversation('long', { head: undefined }));
  const { turns } = longConversation(count);
  for (const [index, { id, prompt, text }] of turns.entries()) {
    const parentId = turns[index - 1]?.id;
    const facts = { conversationId: 'long', ordinal: index, parentId, prompt, text };
    await store.insertTurn(storedTurn(id, { ...facts, state: 'done' }));
  }
}

/** A tab is opened on the conversation, its page gets everything, and it is closed. */
async function openAndClose({ chats, clock }: TestChats): Promise<Cycle> {
  const pane = chats.newTab({ conversationId: 'long' });
  await pane.restore();
  let snapshotBytes = 0;
  const link = chats.link(pane, (message) => {
    if (message.type === 'snapshot') snapshotBytes = Buffer.byteLength(JSON.stringify(message));
    return Promise.resolve(true);
  });
  link.isVisible = true;
  link.take({ type: 'ready' });
  await waitForPage('the snapshot', ANSWER_LIMIT_MS, () => Promise.resolve(snapshotBytes > 0));
  const cycle = { pane: new WeakRef(pane), session: new WeakRef(pane.session), snapshotBytes };
  link.dispose();
  pane.dispose();
  await settle();
  await clock.advance(60_000);
  return cycle;
}

/** How much stays after the panel's list was shown and searched, beside what the store itself has. */
async function listHistory(
  { chats, store, clock }: TestChats,
  count: number,
): Promise<{ readonly grownMB: number; readonly answerBytes: number }> {
  for (let index = 0; index < count; index++) {
    const title = `About the ${index}th stream that did not arrive in time`;
    await store.createConversation(storedConversation(`c${index}`, { title, updatedAt: index }));
  }
  const before = await heapMB();
  const pane = chats.newTab({});
  let isShown = false;
  let answers = 0;
  let answerBytes = 0;
  const link = chats.link(pane, (message: HostToChat) => {
    if (message.type === 'snapshot') isShown = true;
    if (message.type === 'history') {
      answers++;
      answerBytes = Buffer.byteLength(JSON.stringify(message));
    }
    return Promise.resolve(true);
  });
  link.isVisible = true;
  link.take({ type: 'ready' });
  await waitForPage('the snapshot', ANSWER_LIMIT_MS, () => Promise.resolve(isShown));
  for (const [requestId, query] of ['', 'stream', '', 'arrive in time', ''].entries()) {
    const asked: ChatToHost = { type: 'history', requestId, query, scope: 'all' };
    link.take(asked);
    await waitForPage('the history', ANSWER_LIMIT_MS, () => Promise.resolve(answers > requestId));
  }
  link.dispose();
  pane.dispose();
  await clock.advance(60_000);
  return { grownMB: (await heapMB()) - before, answerBytes };
}

async function heapMB(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

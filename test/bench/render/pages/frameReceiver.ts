import type { TurnView } from '../../../../src/protocol/turn';
import { parseHostToChat, type HostToChat } from '../../../../src/protocol/chat';
import { ScrollFollower } from '../../../../src/webview/chat/scrollFollower';
import '../../../../src/webview/shared/vscodeApi';

/** Makes `text` the content of `place`; called at most once a frame. */
export type ShowText = (text: string) => void;

/**
 * A page of its own for a renderer to compare with: takes part in the same protocol as the panel, message check, one update a
 * frame and acknowledgement after the paint included, and follows the end as the panel does.
 */
export function startReceiver(renderInto: (place: HTMLElement) => ShowText): void {
  const api = acquireVsCodeApi();
  const scroller = document.createElement('div');
  scroller.className = 'transcript';
  const content = document.createElement('div');
  content.className = 'turns';
  scroller.append(content);
  document.getElementById('root')?.append(scroller);
  const follower = new ScrollFollower(scroller, content);
  const turns = new Map<string, { text: string; show: ShowText }>();
  const stale = new Set<string>();
  let queue: HostToChat[] = [];

  const addTurn = ({ id, text }: TurnView): void => {
    const place = document.createElement('div');
    place.className = 'markdown';
    content.append(place);
    turns.set(id, { text, show: renderInto(place) });
    stale.add(id);
  };

  const apply = (message: HostToChat): number | undefined => {
    if (message.type === 'snapshot') {
      for (const turn of message.turns) addTurn(turn);
      return undefined;
    }
    if (message.type !== 'frame') return undefined;
    for (const change of message.changes) {
      if (change.kind === 'turnAdded') addTurn(change.turn);
      if (change.kind !== 'append') continue;
      const turn = turns.get(change.turnId);
      if (turn) turn.text += change.text;
      stale.add(change.turnId);
    }
    return message.seq;
  };

  const applyAll = (): void => {
    const messages = queue;
    queue = [];
    let seq: number | undefined;
    for (const message of messages) seq = apply(message) ?? seq;
    for (const id of stale) {
      const turn = turns.get(id);
      turn?.show(turn.text);
    }
    stale.clear();
    if (seq !== undefined) setTimeout(() => api.postMessage({ type: 'ack', seq }), 0);
  };

  addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const parsed = parseHostToChat(data);
    if (!parsed.ok) throw new TypeError(parsed.problem);
    if (queue.push(parsed.value) === 1) requestAnimationFrame(applyAll);
  });
  addEventListener('pagehide', () => follower.dispose());
  addEventListener('error', ({ error, message }) => {
    if (error !== null) api.postMessage({ type: 'fault', message });
  });
  api.postMessage({ type: 'ready' });
}

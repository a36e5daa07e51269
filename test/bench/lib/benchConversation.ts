import { Emitter } from '../../../src/base/event';
import type { FrameSource } from '../../../src/host/chat/frameChannel';
import type { Change, SessionView } from '../../../src/protocol/chat';
import type { TurnView } from '../../../src/protocol/turn';
import { sessionView, turnView } from '../../unit/webview/helpers/views';

export function benchTurn(id: string, over: Partial<TurnView> = {}): TurnView {
  return turnView({ id, prompt: `Question ${id}`, ...over });
}

/** A conversation that a bench plays. */
export class BenchConversation implements FrameSource {
  readonly #changed = new Emitter<Change>();
  readonly #replaced = new Emitter<void>();
  #conversationId = 'bench';
  #turns: TurnView[] = [];

  readonly onChange = this.#changed.event;
  readonly onReplaced = this.#replaced.event;

  snapshot(): { session: SessionView; turns: TurnView[] } {
    return {
      session: sessionView({ conversationId: this.#conversationId, title: 'Bench' }),
      turns: this.#turns,
    };
  }

  /** Another conversation takes its place. */
  replace(conversationId: string, turns: TurnView[]): void {
    this.#conversationId = conversationId;
    this.#turns = turns;
    this.#replaced.fire();
  }

  add(turn: TurnView): void {
    this.#turns = [...this.#turns, turn];
    this.#changed.fire({ kind: 'turnAdded', turn });
  }

  append(turnId: string, text: string, thinking: string): void {
    this.#turns = this.#turns.map((turn) =>
      turn.id === turnId
        ? { ...turn, text: turn.text + text, thinking: turn.thinking + thinking }
        : turn,
    );
    this.#changed.fire({ kind: 'append', turnId, text, thinking });
  }

  end(turnId: string): void {
    this.#turns = this.#turns.map((turn) =>
      turn.id === turnId ? { ...turn, state: 'done' } : turn,
    );
    this.#changed.fire({ kind: 'turn', turnId, patch: { state: 'done' } });
  }
}

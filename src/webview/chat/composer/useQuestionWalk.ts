import { useRef } from 'preact/hooks';
import type { Panel } from '../panel';
import type { Draft } from './draft';
import { distinctQuestions, stepBack, stepOn } from './questionWalk';
import type { Step, Walk } from './questionWalk';

/**
 * Arrow up at the very start of the composer walks back through the questions of the conversation, arrow down forward again,
 * Escape returns to what was being typed. Returns the handler: true for a key that it took.
 */
export function useQuestionWalk(panel: Panel, draft: Draft): (event: KeyboardEvent) => boolean {
  const state = useRef<{ readonly walk: Walk; readonly shown: string }>(undefined);
  const show = ({ walk, text }: Step, caret: number): true => {
    state.current = walk && { walk, shown: text };
    draft.change(text, caret);
    return true;
  };
  return (event) => {
    const input = draft.input.current;
    if (!input || hasModifier(event)) return false;
    // Whoever changes a question from before has made it his own.
    if (state.current?.shown !== draft.text) state.current = undefined;
    const walk = state.current?.walk;
    const { key } = event;
    const { selectionStart, selectionEnd } = input;
    const questions = (): readonly string[] =>
      distinctQuestions(panel.store.turns.map((turn) => turn.facts.prompt));
    if (key === 'ArrowUp' && selectionEnd === 0) {
      const step = stepBack(questions(), walk, draft.text);
      return step !== undefined && show(step, 0);
    }
    if (walk && key === 'ArrowDown' && !draft.text.slice(selectionStart).includes('\n')) {
      const step = stepOn(questions(), walk);
      return show(step, step.walk ? 0 : step.text.length);
    }
    if (walk && key === 'Escape')
      return show({ walk: undefined, text: walk.typed }, walk.typed.length);
    return false;
  };
}

function hasModifier({ shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return shiftKey || altKey || ctrlKey || metaKey;
}

import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import type { TurnModel } from '../turnModel';

/** Who answered, as the reader knows the model. */
export function modelName({ store }: Panel, id: string): string {
  return store.session?.models.find((model) => model.id === id)?.label ?? id;
}

/** A turn as markdown: who said what, as it was written. */
export function turnText(panel: Panel, turn: TurnModel): string {
  const { prompt, model } = turn.facts;
  const asked = `## ${strings.you}\n\n${prompt.trim()}`;
  const answer = turn.answer.text.trim();
  return answer === '' ? asked : `${asked}\n\n## ${modelName(panel, model)}\n\n${answer}`;
}

/** A place among the questions of a conversation, and what was being typed before. */
export interface Walk {
  /** Index of the question shown. */
  readonly at: number;
  readonly typed: string;
}

/** Shown after a step: `walk` is undefined where the walk has come back to what was being typed. */
export interface Step {
  readonly walk: Walk | undefined;
  readonly text: string;
}

/** One question further back; undefined at the first. */
export function stepBack(
  questions: readonly string[],
  walk: Walk | undefined,
  text: string,
): Step | undefined {
  const at = Math.min(walk?.at ?? questions.length, questions.length) - 1;
  const question = questions[at];
  if (question === undefined) return undefined;
  return { walk: { at, typed: walk?.typed ?? text }, text: question };
}

/** One question further on, at last what was being typed. */
export function stepOn(questions: readonly string[], walk: Walk): Step {
  const at = walk.at + 1;
  const question = questions[at];
  if (question === undefined) return { walk: undefined, text: walk.typed };
  return { walk: { at, typed: walk.typed }, text: question };
}

/** The questions in order, one that was asked again right away only once. */
export function distinctQuestions(prompts: readonly string[]): readonly string[] {
  return prompts.filter((prompt, index) => prompt !== '' && prompt !== prompts[index - 1]);
}

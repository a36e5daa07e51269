import { findModel } from '../models';
import { withoutMarks } from '../requests/conversation';
import { chooseAnswer } from './chooseAnswer';

/** The answer to a question that is the first of its conversation, asked with this model and nothing else in the request. */
export function answerInFresh(question: string, modelId: string): string {
  const answer = chooseAnswer({
    prompt: withoutMarks(question),
    earlier: [],
    modelId,
    thinks: findModel(modelId, false)?.thinksByDefault ?? false,
    effort: undefined,
    toolResults: [],
    toolToCall: undefined,
  });
  return answer.text;
}

import { codeTopic } from './code';
import { faultsTopic } from './faultGuide';
import { generalAnswer } from './general';
import { helpTopic } from './help';
import { historyTopic } from './history';
import { hostileTopic } from './hostile';
import { listTopic, longTopic, paragraphTopic, tableTopic } from './long';
import { markdownTopic } from './markdown';
import { thinkingTopic, thoughtsAbout } from './thinking';
import { echoTopic, toolAnswer, toolTopic } from './tools';
import { normalized } from './topic';
import type { Answer, AnswerContext, Topic } from './topic';
import { unicodeTopic } from './unicode';

/** Everything that can be asked for by name, in the order of the help. */
const TOPICS: readonly Topic[] = [
  markdownTopic,
  codeTopic,
  tableTopic,
  listTopic,
  paragraphTopic,
  longTopic,
  thinkingTopic,
  unicodeTopic,
  hostileTopic,
  toolTopic,
  echoTopic,
  historyTopic,
  faultsTopic,
];

function written(context: AnswerContext): Answer {
  const tool = toolAnswer(context);
  if (tool) return tool;
  const prompt = normalized(context.prompt);
  for (const topic of [helpTopic(TOPICS), ...TOPICS]) {
    const match = topic.pattern.exec(prompt);
    if (match) return topic.answer(context, match);
  }
  return generalAnswer(context);
}

/** The simulator's answer: chosen by the question, the same for the same conversation, never a model's. */
export function chooseAnswer(context: AnswerContext): Answer {
  const answer = written(context);
  return { text: answer.text, thinking: answer.thinking ?? thoughtsAbout(context) };
}

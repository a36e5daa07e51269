import { codeTopic } from './code';
import { diagramTopic } from './diagram';
import { faultsTopic } from './faultGuide';
import { generalAnswer } from './general';
import { helpTopic } from './help';
import { historyTopic } from './history';
import { hostileTopic } from './hostile';
import { listTopic, longTopic, paragraphTopic, tableTopic } from './long';
import { markdownTopic } from './markdown';
import { mathTopic } from './math';
import { smallJobAnswer } from './smallJobs';
import { thinkingTopic, thoughtsAbout } from './thinking';
import { echoTopic, toolAnswer, toolTopic } from './tools';
import { normalized } from './topic';
import type { Answer, AnswerContext, Topic } from './topic';
import { unicodeTopic } from './unicode';

/** Everything that can be asked for by name, in the order of the help. */
const TOPICS: readonly Topic[] = [
  markdownTopic,
  codeTopic,
  mathTopic,
  diagramTopic,
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
  const first = toolAnswer(context) ?? smallJobAnswer(context);
  if (first) return first;
  const prompt = normalized(context.prompt);
  for (const topic of [helpTopic(TOPICS), ...TOPICS]) {
    const match = topic.pattern.exec(prompt);
    if (match) return topic.answer(context, match);
  }
  return generalAnswer(context);
}

/** Files and other texts that a chat sends along with a question, in tags of their own. */
const CONTEXT = /<(context-[0-9a-f]+)\b[^>]*>[^]*?<\/\1>\s*/g;

const withoutContext = (question: string): string => question.replaceAll(CONTEXT, '');

/** The simulator's answer: chosen by the question, the same for the same conversation, never a model's. */
export function chooseAnswer(asked: AnswerContext): Answer {
  const prompt = withoutContext(asked.prompt);
  const context = { ...asked, prompt, earlier: asked.earlier.map(withoutContext) };
  const answer = written(context);
  return { text: answer.text, thinking: answer.thinking ?? thoughtsAbout(context) };
}

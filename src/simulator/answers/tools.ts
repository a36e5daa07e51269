import { asking } from './topic';
import type { Answer, AnswerContext, Topic } from './topic';

const MOST_OF_A_RESULT = 2_000;

/** The answer around a tool: before it is called, and once its result is there. `undefined` when no tool is involved. */
export function toolAnswer({ toolToCall, toolResults }: AnswerContext): Answer | undefined {
  if (toolToCall !== undefined) {
    return {
      text: `The simulator calls \`${toolToCall}\` now, with made-up input that fits its schema. Send the result back and it will show it.`,
      thinking: `The request offers the tool ${toolToCall}. Its input has to fit the schema; any value will do.`,
    };
  }
  if (toolResults.length === 0) return undefined;
  const shown = toolResults.map((result) => `> ${result.slice(0, MOST_OF_A_RESULT)}`).join('\n\n');
  return {
    text: `The tool’s result has reached the simulator, which can’t do anything with it but show it:\n\n${shown}`,
  };
}

/** Asked for without tools in the request: otherwise `toolAnswer` has answered. */
export const toolTopic: Topic = {
  ask: 'tool',
  shows: 'a tool call, when the request offers tools',
  showsInChinese: '工具调用（请求中提供了工具时）',
  pattern: asking('tools?(?: use| call)?'),
  answer: () => ({
    text: 'The simulator would call a tool now, but this request offers none, and the API never calls what it was not offered. Send `tools` with the request, and it calls the first one, or the one that your question names.',
  }),
};

export const echoTopic: Topic = {
  ask: 'echo TEXT',
  shows: 'your own text, as it arrived',
  showsInChinese: '原样返回您的文字',
  pattern: /^\/?echo\b/i,
  answer: ({ prompt }) => {
    const text = prompt.trim().replace(/^\/?echo[ \t:]*/i, '');
    return {
      text: `The local simulator repeats, word for word:\n\n${text === '' ? '*(nothing)*' : text}`,
    };
  },
};

import { asking, shortened } from './topic';
import type { Topic } from './topic';

const SHOWN_LENGTH = 100;

/** Proves that the whole conversation travels with each question. */
export const historyTopic: Topic = {
  ask: 'history',
  shows: 'the questions of this conversation that reached the server',
  showsInChinese: '服务器收到的本次对话中的问题',
  pattern: asking('history|what did I ask(?: before)?|my questions'),
  answer: ({ earlier }) => {
    if (earlier.length === 0) {
      return {
        text: 'This is the first question that the simulator has seen in this conversation. Ask a few more, then `history` again.',
      };
    }
    const lines = earlier.map((question, index) => {
      const line = shortened(question, SHOWN_LENGTH);
      return `${index + 1}. ${line === '' ? '*(no text)*' : line}`;
    });
    return {
      text: `The simulator remembers nothing by itself: your earlier questions came along with this one, as the Messages API wants it.

${lines.join('\n')}`,
    };
  },
};

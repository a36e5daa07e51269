import { splitTokens } from '../tokens';
import { asking, sizeFrom } from './topic';
import type { AnswerContext, Topic } from './topic';

const MOST_TOKENS = 100_000;

/** Made up, like everything here: what a thinking block looks like matters, not what it says. */
const THOUGHTS: readonly string[] = [
  'This is a simulated thought: no model is thinking. The question has arrived and the answer is already chosen, so there is time to say how such a block behaves.',
  'A thinking block comes before the visible answer. A panel should show that something is going on, keep the text out of the way, and let whoever is curious open it.',
  'While it grows nothing should move: collapsed, it costs a counter. Opened, it scrolls like any other text.',
  'Its signature arrives at the very end. The client keeps it and sends the block back unchanged in the next turn, or the API refuses the conversation.',
  'Thinking tokens are billed as output. They should appear in the figures under the answer, and they count against the limit of the reply.',
  'One more thought, to see that paragraphs stay apart: a list, 1) first, 2) second, and `a bit of code` are plain text here.',
];

const PARAGRAPHS_BY_EFFORT = { low: 1, medium: 3, high: 4, xhigh: 5, max: 6 } as const;

/** What goes into the thinking block of an answer that brings none of its own: longer with more effort. */
export function thoughtsAbout({ effort }: AnswerContext): string {
  return THOUGHTS.slice(0, PARAGRAPHS_BY_EFFORT[effort ?? 'medium']).join('\n\n');
}

/** About `tokens` tokens of thinking. */
function longThoughts(tokens: number): string {
  const paragraphs: string[] = [];
  let length = 0;
  while (length < tokens) {
    const paragraph = `Step ${paragraphs.length + 1}. ${THOUGHTS[paragraphs.length % THOUGHTS.length] ?? ''}`;
    paragraphs.push(paragraph);
    length += splitTokens(paragraph).length + 1;
  }
  return paragraphs.join('\n\n');
}

export const thinkingTopic: Topic = {
  ask: 'thinking [TOKENS]',
  shows: 'a long thinking block (needs a model that thinks)',
  showsInChinese: '很长的思考块（需要会思考的模型）',
  pattern: asking('(?:thinking|think|thoughts)(?: (\\d+))?(?: tokens)?'),
  answer: ({ thinks }, match) => {
    const tokens = sizeFrom(match[1], 400, MOST_TOKENS);
    if (!thinks) {
      return {
        text: 'This request came without thinking. Choose *Simulator Deep*, which always thinks first, or switch thinking on for *Simulator Balanced*. (The simulator only plays it: there is no model.)',
      };
    }
    return {
      text: `That was a simulated thinking block of about ${tokens.toLocaleString('en')} tokens. Open the line above to read it.`,
      thinking: longThoughts(tokens),
    };
  },
};

import { shortened } from './topic';
import type { Answer, AnswerContext } from './topic';

const TITLE_WORDS = 6;
const MOST_POINTS = 12;

const TITLE = /^Write a title for this conversation\b/;
const SUMMARY = /^Summarise the conversation below\b/;

/** Whether a message asks for one of these. */
export function isSmallJob(message: string): boolean {
  return TITLE.test(message) || SUMMARY.test(message);
}

/** What a chat asks beside its questions: a title, a summary. The simulator has no model, so it takes words out of what it is given. */
export function smallJobAnswer({ prompt }: AnswerContext): Answer | undefined {
  if (TITLE.test(prompt)) return { text: title(prompt) };
  if (SUMMARY.test(prompt)) return { text: summary(prompt) };
  return undefined;
}

function title(prompt: string): string {
  const [, question = ''] = /<question>\n([^]*?)\n<\/question>/.exec(prompt) ?? [];
  const line = shortened(question.replaceAll(/\[\[[^\]]*\]\]|[`*_#>]/g, ' '), 80);
  const words = line.split(' ').filter((word) => word !== '');
  const text = words.slice(0, TITLE_WORDS).join(' ');
  return text === '' ? 'Simulated chat' : `About ${text}`;
}

function summary(prompt: string): string {
  const questions = Array.from(prompt.matchAll(/<user>\n([^]*?)\n<\/user>/g), ([, text = '']) =>
    shortened(text, 100),
  );
  const points = questions.slice(-MOST_POINTS).map((question) => `- asked: ${question}`);
  const left = questions.length - points.length;
  return [
    'A summary by the local simulator, which only lists what was asked:',
    ...(left > 0 ? [`- ${left} earlier questions`] : []),
    ...points,
  ].join('\n');
}

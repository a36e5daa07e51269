import { shortened } from './topic';
import type { Answer, AnswerContext } from './topic';

const QUOTED_LENGTH = 160;

function blockquote(prompt: string): string {
  return `> ${shortened(prompt, QUOTED_LENGTH).replaceAll(/([\\`*_[\]<>#|~])/g, '\\$1')}`;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

/** Where this question stands in the conversation; nothing for the first. */
function place({ earlier }: AnswerContext): string {
  const before = earlier.at(-1);
  if (before === undefined) return '';
  const ordinal = ORDINALS[earlier.length] ?? `${earlier.length + 1}th`;
  return `\n\nIt is the ${ordinal} question of this conversation; before it you asked “${shortened(before, QUOTED_LENGTH)}”.`;
}

/** For a request that named a model of someone else's. */
function standingIn({ modelId }: AnswerContext): string {
  if (modelId.startsWith('simulator-')) return '';
  return `\n\nThe request names \`${modelId}\`. That model has not seen it: the simulator stands in for any name, and keeps to the limits of that model so that they can be tried.`;
}

interface Kind {
  readonly pattern: RegExp;
  readonly reply: string;
}

/** First match wins. Each says in its own words what is answering. */
const KINDS: readonly Kind[] = [
  {
    pattern: /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings)\b/i,
    reply:
      'Hello! You have reached the **local simulator**: no model, no network, only texts written in advance. What you see working is the panel itself, from streaming to the figures under this answer.',
  },
  {
    pattern: /^(?:thanks|thank you|cheers|great|nice|perfect)\b/i,
    reply:
      'You are welcome. As a **simulator** I can’t take credit for much: these words were written before you asked.',
  },
  {
    pattern: /who are you|what are you|are you (?:claude|real|an? (?:ai|model|bot))|your name/i,
    reply:
      'I am the **local simulator** that comes with Pulse. I am not Claude and not a model of any kind: a small server on your machine picks one of its prepared texts by what you typed.',
  },
  {
    pattern:
      /```|\b(?:function|class|bug|error|exception|stack ?trace|refactor|compile|unit tests?)\b/i,
    reply:
      'That looks like a question about code. A model would read it now; this **simulator** can’t. It can show how code looks here, though: ask for `code`, or for one language as in `code python`.',
  },
  {
    pattern: /\b(?:summari[sz]e|translate|explain|review|write|draft|rewrite)\b/i,
    reply:
      'A fair task for a model, and there is none behind this **local simulator**. It can still show you what a reply to it would look like on the screen: try `markdown` for the formatting or `long 20` for a reply that takes a while.',
  },
  {
    pattern: /\?\s*$/,
    reply:
      'A good question, and one that this **local simulator** can’t answer: it has prepared texts and no model. It did read what you wrote:',
  },
];

const OTHERWISE =
  'Got it. This is the **local simulator** speaking, with a text that was written in advance; no model has read your message. It arrived as:';

const CHINESE_REPLY =
  '您好！回答您的是**本地模拟器**：背后没有任何模型，内容都是事先写好的，也不会联网。您的消息已收到：';

function chinese(context: AnswerContext): string {
  const before = context.earlier.length;
  const turn = before === 0 ? '' : `\n\n这是本次对话的第 ${before + 1} 个问题。`;
  return `${CHINESE_REPLY}

${blockquote(context.prompt)}${turn}

输入 \`帮助\` 或 \`help\` 可以查看能展示的内容；需要 Claude 的真实回答时，请设置 API 密钥。`;
}

/** A short reply to whatever is no topic. */
export function generalAnswer(context: AnswerContext): Answer {
  const { prompt } = context;
  if (prompt === '') {
    return {
      text: 'There was no question in that message, says the **local simulator**. Ask for `help` to see what it can show.',
    };
  }
  if (/\p{Script=Han}/u.test(prompt)) return { text: chinese(context) };
  const kind = KINDS.find(({ pattern }) => pattern.test(prompt));
  const reply = kind?.reply ?? OTHERWISE;
  const quote = reply.endsWith(':') ? `\n\n${blockquote(prompt)}` : '';
  return {
    text: `${reply}${quote}${place(context)}${standingIn(context)}

Ask for \`help\` to see what it can show, or set an API key to talk to Claude.`,
  };
}

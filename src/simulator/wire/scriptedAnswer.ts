import { anchorIn } from '../answers/anchor';
import { chooseAnswer } from '../answers/chooseAnswer';
import type { Answer } from '../answers/topic';
import { remainderOf } from '../requests/conversation';
import type { Conversation, OpenAnswer } from '../requests/conversation';
import type { MessagesRequest, ToolSpec } from '../requests/messagesRequest';
import { sampleOf } from '../schemaSample';

/** The tool that the reply calls, if any: forced by the request, or named or asked for in the question. */
export function toolToCall(
  request: MessagesRequest,
  conversation: Pick<Conversation, 'prompt' | 'toolResults'>,
): ToolSpec | undefined {
  const { tools, toolChoice } = request;
  const [first] = tools;
  if (!first || toolChoice === 'none') return undefined;
  if (typeof toolChoice === 'object') return tools.find(({ name }) => name === toolChoice.tool);
  if (toolChoice === 'any') return first;
  if (conversation.toolResults.length > 0) return undefined;
  const prompt = conversation.prompt.toLowerCase();
  const named = tools.find(({ name }) => prompt.includes(name.toLowerCase()));
  return named ?? (/\btools?\b/.test(prompt) ? first : undefined);
}

/** The whole answer to the question that is open: the same for every attempt at it. */
export function scriptedAnswer(
  request: MessagesRequest,
  conversation: Pick<Conversation, 'prompt' | 'earlier' | 'toolResults'>,
  tool: ToolSpec | undefined,
): Answer {
  if (request.outputSchema) {
    const sample = sampleOf(request.outputSchema, 'sample text from the local simulator');
    return { text: JSON.stringify(sample) };
  }
  return chooseAnswer({
    prompt: conversation.prompt,
    earlier: conversation.earlier,
    modelId: request.modelId,
    thinks: request.thinking !== 'off',
    effort: request.effort,
    toolResults: conversation.toolResults,
    toolToCall: tool?.name,
  });
}

/** Whether what was written is the beginning of the answer and there is more of it, or the user wants the rest of it anyway. */
export function breaksOff(request: MessagesRequest, open: OpenAnswer): boolean {
  const conversation = { ...open, toolResults: [] };
  const tool = toolToCall(request, conversation);
  const rest = remainderOf(scriptedAnswer(request, conversation, tool).text, ...open.parts);
  if (rest === undefined || open.parts.length === 0) return false;
  return rest.trim() !== '' || wantsOnlyTheRest(open.lastWords, open.parts.join(''));
}

const BROKE_OFF =
  /\b(?:cut|broke|broken|breaks|interrupted|left off|stopped|ended|incomplete|unfinished)\b|中断|断开|截断/i;

/** Whether these words are a client's about an answer that broke off: it wants the rest of `written` and nothing else. */
export function wantsOnlyTheRest(words: string, written: string): boolean {
  return BROKE_OFF.test(words) || anchorIn(words, written) !== undefined;
}

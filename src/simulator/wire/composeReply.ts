import { continuationText } from '../answers/continuation';
import type { ContinuationStyle } from '../answers/continuation';
import type { StopFault } from '../faults/fault';
import type { InputUsage } from '../promptCache';
import type { Random } from '../random';
import { remainderOf } from '../requests/conversation';
import type { Conversation } from '../requests/conversation';
import type { MessagesRequest } from '../requests/messagesRequest';
import { sampleOf } from '../schemaSample';
import { splitTokens } from '../tokens';
import type { ReplyBlock, ReplyStopReason, SimulatedReply } from './reply';
import { scriptedAnswer, toolToCall, wantsOnlyTheRest } from './scriptedAnswer';

const ID_LENGTH = 22;
const SIGNATURE_LENGTH = 180;
const FINISHED = 'That was all of it: the simulator has nothing left to add to its last answer.';

export interface ComposeInput {
  readonly request: MessagesRequest;
  readonly conversation: Conversation;
  /** How an answer that is there in part is gone on with. */
  readonly continuation: ContinuationStyle;
  /** A stop that was asked for by a fault. */
  readonly stop: StopFault | undefined;
  readonly input: InputUsage;
  readonly random: Random;
}

interface CutText {
  readonly pieces: string[];
  readonly reason: ReplyStopReason;
  readonly stopSequence: string | null;
}

/** The text up to the first stop sequence or the stop that was asked for, whichever comes first. */
function cutText(text: string, sequences: readonly string[], stop: StopFault | undefined): CutText {
  let end = text.length;
  let stopSequence: string | null = null;
  for (const sequence of sequences) {
    const at = text.indexOf(sequence);
    if (at < 0 || at >= end) continue;
    end = at;
    stopSequence = sequence;
  }
  const pieces = splitTokens(text.slice(0, end));
  if (stop && (stopSequence === null || stop.after < pieces.length)) {
    return { pieces: pieces.slice(0, stop.after), reason: stop.reason, stopSequence: null };
  }
  return { pieces, reason: stopSequence === null ? 'end_turn' : 'stop_sequence', stopSequence };
}

/** The blocks that fit into `maxTokens`, and whether all of them did. */
function withinBudget(
  blocks: readonly ReplyBlock[],
  maxTokens: number,
): { blocks: ReplyBlock[]; whole: boolean } {
  const kept: ReplyBlock[] = [];
  let left = maxTokens;
  for (const block of blocks) {
    if (left === 0) return { blocks: kept, whole: false };
    kept.push({ ...block, pieces: block.pieces.slice(0, left) });
    if (block.pieces.length > left) return { blocks: kept, whole: false };
    left -= block.pieces.length;
  }
  return { blocks: kept, whole: true };
}

function remaining(answer: string, { conversation, continuation, random }: ComposeInput): string {
  const { goesOn, parts, lastWords } = conversation;
  if (goesOn === 'no') return answer;
  const rest = remainderOf(answer, ...parts);
  if (rest === undefined) return answer;
  if (rest.trim() === '') {
    // A model that has nothing to add ends its turn without a word; to a person's "continue" it says so.
    return goesOn === 'prefill' || wantsOnlyTheRest(lastWords, answer) ? '' : FINISHED;
  }
  if (goesOn === 'prefill') return rest;
  const written = answer.slice(0, answer.length - rest.length);
  return continuationText({
    style: continuation,
    written,
    rest,
    instruction: lastWords,
    random,
  });
}

/**
 * Composes what the simulator answers. The text of a whole answer depends on the question and the conversation only, so that
 * attempts agree; ids, and how an answer is gone on with, on the random numbers too.
 */
export function composeReply(input: ComposeInput): SimulatedReply {
  const { request, conversation, random, stop } = input;
  const id = `msg_01${random.id(ID_LENGTH)}`;
  const tool = toolToCall(request, conversation);
  const answer = scriptedAnswer(request, conversation, tool);
  const text = cutText(remaining(answer.text, input), request.stopSequences, stop);
  const blocks: ReplyBlock[] = [];
  if (request.thinking !== 'off') {
    blocks.push({
      type: 'thinking',
      pieces: splitTokens(answer.thinking ?? ''),
      signature: random.id(SIGNATURE_LENGTH),
      omitted: request.thinking === 'omitted',
    });
  }
  if (text.pieces.length > 0) blocks.push({ type: 'text', pieces: text.pieces });
  let { reason } = text;
  if (tool && reason === 'end_turn') {
    const sample = JSON.stringify(sampleOf(tool.inputSchema, conversation.prompt) ?? {});
    const toolId = `toolu_01${random.id(ID_LENGTH)}`;
    blocks.push({ type: 'tool_use', id: toolId, name: tool.name, pieces: splitTokens(sample) });
    reason = 'tool_use';
  }
  const fitting = withinBudget(blocks, request.maxTokens);
  return {
    id,
    modelId: request.modelId,
    blocks: fitting.blocks,
    stopReason: fitting.whole ? reason : 'max_tokens',
    stopSequence: fitting.whole ? text.stopSequence : null,
    input: input.input,
  };
}

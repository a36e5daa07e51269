import type { Compaction } from '../../engine/ports';
import type { Price } from '../../engine/types';
import { estimateTextTokens } from '../../engine/models/tokenEstimate';
import type { ContextGauge } from '../../protocol/context';
import type { InstructionSegment } from '../chat/chatParts';
import { formatCount, formatUSD } from '../format';
import type { Translate } from '../translate';

/** Roles and separators of a question and its answer. Tokens. */
const TOKENS_PER_TURN = 8;
const PER_MILLION = 1e-6;

/** What would be sent now. Tokens are estimates. */
export interface GaugeInput {
  readonly instructions: readonly InstructionSegment[];
  /** The turns of the branch that is shown, oldest first, each with what `turnTokens` says of it. */
  readonly turns: readonly { readonly id: string; readonly tokens: number }[];
  /** Stands for the turns up to the one it names. */
  readonly compaction: Pick<Compaction, 'throughTurnId' | 'tokensAfter'> | undefined;
  /** Those that go along; what failed or is not allowed is left out by the caller or has no tokens. */
  readonly attachments: readonly { readonly label: string; readonly tokens: number }[];
  readonly question: string;
  /** Of the model; 0 where it is not known. */
  readonly windowTokens: number;
  /** Kept free for the reply. */
  readonly replyTokens: number;
  /** `undefined` where none is known. */
  readonly price: Price | undefined;
  /** `pulse.context.warnTokens` and `pulse.context.warnCostUSD`; 0: off. */
  readonly limits: { readonly warnTokens: number; readonly warnCostUSD: number };
  readonly translate: Translate;
}

/**
 * What fills the model's window if the question is sent now, what that costs at the price of uncached input, and whether it goes
 * beyond a limit. Pure; one pass over the question and the instructions, so that it can be asked while the user types.
 */
export function contextGauge(input: GaugeInput): ContextGauge {
  const parts = partsOf(input).filter(({ tokens }) => tokens > 0);
  const used = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  const costUSD = input.price && inputCostUSD(input.price, used);
  const warning = warningOf(input, used, costUSD);
  return {
    used,
    window: input.windowTokens,
    parts: parts.toSorted((a, b) => b.tokens - a.tokens),
    cost: costUSD === undefined ? '' : formatUSD(costUSD),
    ...(warning !== undefined && { warning }),
  };
}

/** Estimated tokens of a turn when it is told again. `asked`: what the model was asked, `text`: its visible reply. */
export function turnTokens(turn: {
  readonly asked: string;
  readonly attachments: readonly { readonly tokens: number }[];
  readonly text: string;
}): number {
  const attached = turn.attachments.reduce((sum, { tokens }) => sum + tokens, 0);
  return (
    TOKENS_PER_TURN + attached + estimateTextTokens(turn.asked) + estimateTextTokens(turn.text)
  );
}

function partsOf(input: GaugeInput): ContextGauge['parts'] {
  const { translate: t } = input;
  return [
    ...input.instructions.map(({ label, text }) => ({ label, tokens: estimateTextTokens(text) })),
    { label: t('Conversation'), tokens: conversationTokens(input) },
    ...input.attachments.map(({ label, tokens }) => ({ label, tokens })),
    { label: t('Question'), tokens: estimateTextTokens(input.question) },
  ];
}

/** A compaction whose turn is on another branch stands for nothing here. */
function conversationTokens({ turns, compaction }: GaugeInput): number {
  const last = compaction ? turns.findIndex(({ id }) => id === compaction.throughTurnId) : -1;
  const told = turns.slice(last + 1).reduce((sum, { tokens }) => sum + tokens, 0);
  return told + (compaction && last >= 0 ? compaction.tokensAfter : 0);
}

function inputCostUSD(price: Price, tokens: number): number {
  const tier = price.above && tokens > price.above.inputTokens ? price.above : price;
  return tokens * tier.input * PER_MILLION;
}

function warningOf(
  { windowTokens, replyTokens, limits, translate: t }: GaugeInput,
  used: number,
  costUSD: number | undefined,
): string | undefined {
  if (windowTokens > 0 && used > windowTokens - replyTokens) {
    return t(
      'About {0} tokens: too much for the window of {1} with room for an answer. Remove context, compact the chat or start a new one.',
      formatCount(used),
      formatCount(windowTokens),
    );
  }
  if (limits.warnCostUSD > 0 && costUSD !== undefined && costUSD > limits.warnCostUSD) {
    return t(
      'Sending this costs about {0}, above your limit of {1}.',
      formatUSD(costUSD),
      formatUSD(limits.warnCostUSD),
    );
  }
  if (limits.warnTokens > 0 && used > limits.warnTokens) {
    return t(
      'About {0} tokens, above your limit of {1}.',
      formatCount(used),
      formatCount(limits.warnTokens),
    );
  }
  return undefined;
}

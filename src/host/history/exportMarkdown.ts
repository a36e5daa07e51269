import type { ConversationSummary, Feedback, StoredTurn } from '../../engine/ports';
import { titleOf } from '../chat/title';
import { TurnTree } from '../chat/turnTree';
import { formatCount, formatMs, formatUSD } from '../format';
import type { Translate } from '../translate';
import { containedMarkdown, inlineCode, plainInline, quotedMarkdown } from './markdownText';

export interface MarkdownOptions {
  readonly translate: Translate;
  /** A moment as the user reads it; ms since 1970. */
  readonly formatDate: (at: number) => string;
  /** `shown`: as the panel shows it; `all`: the other versions of questions and answers behind it. */
  readonly branches: 'shown' | 'all';
  readonly withThinking: boolean;
}

/** A conversation as one document that a person reads: markdown as CommonMark has it, with `<details>` for what is folded away. */
export function exportMarkdown(
  conversation: ConversationSummary,
  turns: readonly StoredTurn[],
  options: MarkdownOptions,
): string {
  const { translate: t, formatDate } = options;
  const tree = new TurnTree(turns, conversation.head);
  const started = t(
    'Begun {0}. Exported from Pulse for Claude.',
    formatDate(conversation.createdAt),
  );
  const sections = [
    `# ${plainInline(conversation.title) || t('Chat')}`,
    `_${plainInline(started)}_`,
    ...tree.path.flatMap((turn) => turnSections(turn, options)),
  ];
  if (options.branches === 'all') sections.push(...otherBranches(tree, options));
  return `${sections.join('\n\n')}\n`;
}

/** Each branch from where it parts from one that is above it in the document. */
function otherBranches(tree: TurnTree<StoredTurn>, options: MarkdownOptions): string[] {
  const { translate: t } = options;
  const written = new Set(tree.path);
  const sections: string[] = [];
  // In the order of asking: what a turn follows was asked before it, and is written by then.
  for (const first of [...tree.all].sort((a, b) => a.ordinal - b.ordinal)) {
    if (written.has(first)) continue;
    const branch = branchFrom(first, tree, written);
    const parent = tree.find(first.parentId ?? '');
    const after = parent && plainInline(titleOf(parent.prompt));
    sections.push(
      `# ${after === undefined ? t('Another beginning') : t('Another branch, after “{0}”', after)}`,
      ...branch.flatMap((turn) => turnSections(turn, options)),
    );
  }
  return sections;
}

/** The turn and what follows it, at each step the newest that is not written yet. Marks them as written. */
function branchFrom(
  first: StoredTurn,
  tree: TurnTree<StoredTurn>,
  written: Set<StoredTurn>,
): StoredTurn[] {
  const below = tree.below(first);
  const branch = [first];
  written.add(first);
  for (const turn of branch) {
    const next = below.findLast(({ parentId }) => parentId === turn.id);
    if (!next) break;
    written.add(next);
    branch.push(next);
  }
  return branch;
}

function turnSections(turn: StoredTurn, options: MarkdownOptions): string[] {
  return [...questionSections(turn, options), ...answerSections(turn, options)];
}

function questionSections(
  { prompt, asked, attachments, createdAt }: StoredTurn,
  { translate: t, formatDate }: MarkdownOptions,
): string[] {
  const sections = [`## ${t('You')} · ${plainInline(formatDate(createdAt))}`];
  if (prompt.trim() !== '') sections.push(containedMarkdown(prompt.trim()));
  if (asked !== undefined && asked !== prompt) {
    sections.push(details(t('What the model was asked'), asked));
  }
  if (attachments.length > 0) {
    const names = attachments.map(({ label }) => inlineCode(label)).join(', ');
    sections.push(`${t('Attached:')} ${names}`);
  }
  return sections;
}

function answerSections(turn: StoredTurn, options: MarkdownOptions): string[] {
  const { translate: t, withThinking } = options;
  const sections = [`## ${plainInline(turn.model)}`];
  const figures = figuresOf(turn, t);
  if (figures !== '') sections.push(`_${plainInline(figures)}_`);
  if (withThinking && turn.thinking.trim() !== '') {
    sections.push(details(t('Thinking'), turn.thinking));
  }
  if (turn.text.trim() !== '') sections.push(containedMarkdown(turn.text.trim()));
  const end = endOf(turn, t);
  if (end !== undefined) sections.push(`> ${plainInline(end)}`);
  if (turn.feedback) sections.push(`> ${plainInline(feedbackText(turn.feedback, t))}`);
  return sections;
}

function figuresOf({ stats }: StoredTurn, t: Translate): string {
  if (!stats) return '';
  const { timing, usage, costUSD } = stats;
  return [
    formatMs(timing.totalMs),
    t('{0} tokens in, {1} out', formatCount(usage.inputTokens), formatCount(usage.outputTokens)),
    ...(costUSD === undefined ? [] : [formatUSD(costUSD)]),
  ].join(' · ');
}

function endOf({ state, error, stopReason }: StoredTurn, t: Translate): string | undefined {
  switch (state) {
    case 'failed':
      return t('Failed: {0}', error?.message ?? '');
    case 'stopped':
      return t('Stopped before its end.');
    case 'interrupted':
      return t('Broken off: the window went away before the end.');
    case 'waiting':
    case 'streaming':
      return t('Still being answered when it was exported.');
    case 'done':
      return stopReason === 'max_tokens' ? t('Cut at the limit of its length.') : undefined;
  }
}

function feedbackText({ rating, reason }: Feedback, t: Translate): string {
  const text = rating === 'up' ? t('Rated as good.') : t('Rated as bad.');
  return reason.trim() === '' ? text : `${text} ${reason}`;
}

/** Folded away. */
function details(summary: string, text: string): string {
  const harmless = text.trim().replaceAll(/<(?=\/?(?:details|summary)\b)/giu, '&lt;');
  return `<details>\n<summary>${plainInline(summary)}</summary>\n\n${quotedMarkdown(harmless)}\n\n</details>`;
}

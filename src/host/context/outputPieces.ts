import type { Translate } from '../translate';
import type { GitText, TerminalRun } from './contextPorts';
import { ContextError } from './contextProblem';
import type { Gathered } from './gathered';
import { checkTextSize, textPiece } from './pieces';
import { plainOutput } from './terminalHistory';

/** The command and what it wrote; of a long output the end. */
export function terminalPiece(run: TerminalRun | undefined, max: number, t: Translate): Gathered {
  if (!run) throw new ContextError({ kind: 'noTerminal' });
  const whole = plainOutput(run.output);
  // The end tells what went wrong.
  const output =
    Buffer.byteLength(whole) > max
      ? Buffer.from(whole)
          .subarray(-max)
          .toString('utf8')
          .replace(/^[^\n]*\n/u, '')
      : whole;
  const isCut = run.isCut || output !== whole;
  const status = run.exitCode === undefined ? undefined : String(run.exitCode);
  return textPiece({
    kind: 'terminal',
    label: t('Terminal'),
    detail: `${run.terminal}: ${run.command}${run.isRunning ? ` (${t('still running')})` : ''}`,
    head: {
      kind: 'terminal output',
      terminal: run.terminal,
      exit: status,
      state: run.isRunning ? 'still running' : undefined,
      note: isCut ? 'the beginning of the output is left out' : undefined,
    },
    text: `$ ${run.command}\n${output}`,
  });
}

/** Staged and other changes, each a piece of its own. `path`: of the repository where there are several. */
export function gitDiffPiece(
  changes: readonly {
    readonly path: string | undefined;
    readonly staged: string;
    readonly text: string;
  }[],
  maxBytes: number,
  t: Translate,
): Gathered {
  const sections = changes
    .flatMap(({ path, staged, text }) => [
      { path, state: 'staged', text: staged },
      { path, state: 'not staged', text },
    ])
    .filter((section) => section.text.trim() !== '');
  if (sections.length === 0) throw new ContextError({ kind: 'noChanges' });
  const text = sections.map((section) => section.text).join('\n');
  checkTextSize(text, maxBytes);
  const pieces = sections.map((section) =>
    textPiece({
      kind: 'gitDiff',
      label: t('Git diff'),
      detail: '',
      head: { kind: 'git diff', repository: section.path, state: section.state },
      text: section.text,
    }),
  );
  const files = text.match(/^diff --git /gmu)?.length ?? 0;
  return {
    kind: 'gitDiff',
    label: t('Git diff'),
    detail: t('{0} files changed', files),
    uri: undefined,
    content: pieces.flatMap(({ content }) => content),
    textBytes: Buffer.byteLength(text),
    mediaBytes: 0,
    secrets: pieces.flatMap(({ secrets }) => secrets),
  };
}

export function gitLogPiece(found: readonly GitText[], maxBytes: number, t: Translate): Gathered {
  const text = found
    .map((one) => one.text)
    .filter((one) => one.trim() !== '')
    .join('\n');
  if (text === '') throw new ContextError({ kind: 'noRepository' });
  checkTextSize(text, maxBytes);
  return textPiece({
    kind: 'gitLog',
    label: t('Git log'),
    detail: t('The last commits'),
    head: { kind: 'git log' },
    text,
  });
}

import type { ExpandedPrompt, PanelCommand } from '../chat/chatParts';
import type { Translate } from '../translate';

/** A command that comes with Pulse. */
export interface BuiltinCommand {
  readonly name: string;
  readonly description: string;
  readonly argumentHint: string;
  /** `argument`: what was written after the command, trimmed. */
  expand(argument: string): ExpandedPrompt;
}

/**
 * What `/name` means. Prompts are English whatever the editor's language: the model answers in the language of the conversation, which
 * each of them asks for.
 */
export function builtinCommands(t: Translate): readonly BuiltinCommand[] {
  const what = t('[what to look at]');
  return [
    asking('explain', t('Explain the selected code'), what, ['selection'], EXPLAIN),
    asking('fix', t('Find and fix what is wrong'), what, ['selection', 'problems'], FIX),
    asking('tests', t('Write tests for the selected code'), what, ['selection'], TESTS),
    asking('docs', t('Document the selected code'), what, ['selection'], DOCS),
    asking('review', t('Review the changes that are not committed'), what, ['gitDiff'], REVIEW),
    asking('commit', t('Write a commit message'), what, ['gitDiff', 'gitLog'], COMMIT),
    doing('compact', t('Replace the oldest turns by a summary'), () => ({ kind: 'compact' })),
    doing('clear', t('Start a new chat'), () => ({ kind: 'clear' })),
    {
      ...doing('model', t('Choose the model'), (name) => ({ kind: 'model', name })),
      argumentHint: t('[name]'),
    },
    doing('cost', t('Show what this chat has cost'), () => ({ kind: 'cost' })),
    doing('help', t('Show what can be written here'), () => ({ kind: 'help' })),
  ];
}

const SAME_LANGUAGE = 'Answer in the language that I write in.';
const EXPLAIN = `Explain the code that is given: what it is for, how it works step by step, and what could surprise a reader. Be brief where it is plain. ${SAME_LANGUAGE}`;
const FIX = `Find what is wrong with the code that is given, the reported problems first. Say the cause in one or two sentences, then show the corrected code in a block that can take the old code's place, and nothing that stays as it is. ${SAME_LANGUAGE}`;
const TESTS = `Write tests for the code that is given, with the test framework and in the style that the project uses, as far as they can be seen. Cover the ordinary case, the borders and the faults. Give one code block with the path of the test's file after the language. ${SAME_LANGUAGE}`;
const DOCS = `Write documentation comments for the code that is given, in the form that is usual for its language: what it does, parameters, result, errors, units. Do not repeat what the names already say and do not change the code. Give the whole code in one block. ${SAME_LANGUAGE}`;
const REVIEW = `Review the changes that are given as a careful colleague would: faults first, then risks (security, races, resources, compatibility), then what is missing (tests, documentation), then style. Name file and line for each point, and say plainly when nothing is wrong. ${SAME_LANGUAGE}`;
const COMMIT = `Write a commit message for the changes that are given: staged changes if there are any, else all of them. Follow the style of the earlier commits. A subject of at most 72 characters in the imperative, and a body only where the reason is not plain. Give the message alone, in one code block.`;

function asking(
  name: string,
  description: string,
  argumentHint: string,
  sources: readonly string[],
  prompt: string,
): BuiltinCommand {
  return {
    name,
    description,
    argumentHint,
    expand: (argument) => ({
      kind: 'ask',
      prompt: argument === '' ? prompt : `${prompt}\n\n${argument}`,
      sources,
    }),
  };
}

function doing(
  name: string,
  description: string,
  command: (argument: string) => PanelCommand,
): BuiltinCommand {
  return {
    name,
    description,
    argumentHint: '',
    expand: (argument) => ({ kind: 'command', command: command(argument) }),
  };
}

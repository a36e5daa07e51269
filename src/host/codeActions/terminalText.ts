/** What a code block becomes before it may go to a terminal. */
export interface TerminalText {
  readonly command: string;
  /** Characters that would not have been seen, and were taken out. */
  readonly removed: number;
}

/**
 * Control characters (escape sequences, carriage returns that hide what came before), characters that turn the direction of text, and
 * those without width: what is run must be what is read. Tabs and line feeds stay.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\uDB40[\uDC00-\uDC7F]/g;

/** Takes out what can't be seen, and the prompts in front of the lines of a transcript. */
export function terminalText(code: string): TerminalText {
  let removed = 0;
  const seen = code.replaceAll('\r\n', '\n').replaceAll(UNSEEN, () => {
    removed++;
    return '';
  });
  return { command: withoutPrompts(seen.trim()), removed };
}

/** "$ npm test" and its output: where every command has a prompt, only commands are kept. */
function withoutPrompts(text: string): string {
  const lines = text.split('\n');
  const first = /^([$%>]) /.exec(lines[0] ?? '')?.[1];
  if (first === undefined) return text;
  return lines
    .filter((line) => line.startsWith(`${first} `))
    .map((line) => line.slice(2))
    .join('\n');
}

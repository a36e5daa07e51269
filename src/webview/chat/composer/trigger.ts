/** What a popup is asked for: context after an `@`, a command after the `/` that begins the text. UTF-16 units. */
export interface Trigger {
  readonly kind: 'context' | 'command';
  /** Place of the `@` or `/`. */
  readonly from: number;
  /** End of the query: the caret. */
  readonly to: number;
  readonly query: string;
}

/** What was put there by choosing something that goes on; it may hold spaces. */
export interface Continued {
  readonly from: number;
  readonly query: string;
}

/** Longest query that is asked for; the protocol takes 1,000. */
const MAX_QUERY = 200;
const AT_WORD_START = /(?:^|[\s([{<"'`，。、（])@([^\s@]*)$/u;
const COMMAND = /^\/([^\s/]*)$/;

/** The trigger that the caret is at the end of. A mail address is none, and a path that begins the text is no command. */
export function triggerAt(text: string, caret: number, continued?: Continued): Trigger | undefined {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before)?.[1];
  if (command !== undefined) return { kind: 'command', from: 0, to: caret, query: command };
  if (continued !== undefined) {
    const from = continued.from;
    const query = before.slice(from + 1);
    const isSame = before[from] === '@' && query.startsWith(continued.query);
    if (isSame && !/[\s@]/.test(query.slice(continued.query.length)))
      return { kind: 'context', from, to: caret, query };
  }
  const query = AT_WORD_START.exec(before)?.[1];
  if (query === undefined || query.length > MAX_QUERY) return undefined;
  return { kind: 'context', from: caret - query.length - 1, to: caret, query };
}

/** The text without the trigger and without the blank that would be doubled; the caret goes to `from`. */
export function withoutTrigger(text: string, { from, to }: Trigger): string {
  const before = text.slice(0, from);
  const after = text.slice(to);
  return before + (/(?:^|\s)$/.test(before) ? after.replace(/^ /, '') : after);
}

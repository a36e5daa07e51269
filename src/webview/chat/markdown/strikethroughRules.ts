import type { MarkdownIt, StateInline } from 'markdown-it';

type Delimiters = StateInline['delimiters'];

const TILDE = 0x7e;

/** One and two tildes are told apart by marks that no text has: what opens with one is closed by one. */
const MARKS: Readonly<Record<number, number>> = { 1: 0x1_0001, 2: 0x1_0002 };

/** GFM's strikethrough: one or two tildes on both sides. markdown-it's own knows two only, and takes more for twice two. */
export function addStrikethrough(md: MarkdownIt): void {
  md.inline.ruler.at('strikethrough', tildes);
  md.inline.ruler2.at('strikethrough', (state) => {
    strike(state, state.delimiters);
    for (const meta of state.tokens_meta) if (meta?.delimiters) strike(state, meta.delimiters);
    return true;
  });
}

function tildes(state: StateInline, silent: boolean): boolean {
  if (silent || state.src.charCodeAt(state.pos) !== TILDE) return false;
  const { length, can_open: open, can_close: close } = state.scanDelims(state.pos, true);
  const token = state.push('text', '', 0);
  token.content = '~'.repeat(length);
  const marker = MARKS[length];
  if (marker !== undefined)
    state.delimiters.push({
      marker,
      length: 0,
      token: state.tokens.length - 1,
      end: -1,
      open,
      close,
    });
  state.pos += length;
  return true;
}

function strike(state: StateInline, delimiters: Delimiters): void {
  for (const { marker, token, end } of delimiters) {
    const last = delimiters[end];
    if (marker <= 0x1_0000 || !last) continue;
    become(state, token, 's_open', 1);
    become(state, last.token, 's_close', -1);
  }
}

function become(state: StateInline, at: number, type: string, nesting: 1 | -1): void {
  const token = state.tokens[at];
  if (!token) return;
  token.type = type;
  token.tag = 's';
  token.nesting = nesting;
  token.markup = token.content;
  token.content = '';
}

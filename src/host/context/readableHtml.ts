import { Parser } from 'htmlparser2';

/** Nothing in these is for a reader. */
const DROPPED: ReadonlySet<string> = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'math',
  'iframe',
  'object',
  'canvas',
  'form',
  'button',
  'select',
  'nav',
  'footer',
  'aside',
  'dialog',
  'video',
  'audio',
]);
const BLOCKS: ReadonlySet<string> = new Set([
  'p',
  'div',
  'section',
  'article',
  'main',
  'header',
  'ul',
  'ol',
  'table',
  'tr',
  'blockquote',
  'figure',
  'figcaption',
  'dl',
  'dt',
  'dd',
  'hr',
  'address',
  'details',
  'summary',
  'body',
]);
/** Below it a page's own main part is not worth more than the rest. UTF-16 units. */
const MIN_MAIN_LENGTH = 200;

export interface ReadablePage {
  readonly title: string;
  readonly text: string;
}

/**
 * What a reader sees of a page, as plain markdown: title, headings, paragraphs, lists, code, tables by row. Links keep their words only.
 * One pass of a tokenizer; depth and length of the page do not matter to it.
 */
export function readableHtml(html: string): ReadablePage {
  const whole = new Reader();
  const parser = new Parser(whole, { decodeEntities: true, lowerCaseTags: true });
  parser.write(html);
  parser.end();
  const main = tidy(whole.main);
  return {
    title: whole.title.replaceAll(/\s+/gu, ' ').trim(),
    text: main.length >= MIN_MAIN_LENGTH ? main : tidy(whole.text),
  };
}

class Reader {
  title = '';
  text = '';
  /** Of `main` and `article`. */
  main = '';
  #dropped = 0;
  #main = 0;
  #pre = 0;
  #inTitle = false;
  readonly #lists: { isOrdered: boolean; count: number }[] = [];

  onopentag(name: string): void {
    if (DROPPED.has(name)) this.#dropped++;
    if (this.#dropped > 0) return;
    if (name === 'title' && this.title === '') this.#inTitle = true;
    if (name === 'main' || name === 'article') this.#main++;
    this.#open(name);
  }

  ontext(text: string): void {
    if (this.#inTitle) this.title += text;
    else if (this.#dropped === 0) this.#add(this.#pre > 0 ? text : text.replaceAll(/\s+/gu, ' '));
  }

  onclosetag(name: string): void {
    if (DROPPED.has(name)) {
      this.#dropped = Math.max(0, this.#dropped - 1);
      return;
    }
    if (this.#dropped > 0) return;
    if (name === 'title') this.#inTitle = false;
    this.#close(name);
    if (name === 'main' || name === 'article') this.#main = Math.max(0, this.#main - 1);
  }

  #open(name: string): void {
    const heading = /^h([1-6])$/u.exec(name)?.[1];
    if (heading !== undefined) this.#add(`\n\n${'#'.repeat(Number(heading))} `);
    else if (name === 'pre') {
      if (this.#pre++ === 0) this.#add('\n\n```\n');
    } else if (name === 'code' && this.#pre === 0) this.#add('`');
    else if (name === 'br') this.#add('\n');
    else if (name === 'li') this.#add(`\n${this.#marker()}`);
    else if (name === 'td' || name === 'th') this.#add(' | ');
    else if (BLOCKS.has(name)) this.#add(name === 'tr' ? '\n' : '\n\n');
    if (name === 'ul' || name === 'ol') this.#lists.push({ isOrdered: name === 'ol', count: 0 });
  }

  #close(name: string): void {
    if (name === 'pre') {
      this.#pre = Math.max(0, this.#pre - 1);
      if (this.#pre === 0) this.#add('\n```\n\n');
    } else if (name === 'code' && this.#pre === 0) this.#add('`');
    else if (name === 'ul' || name === 'ol') {
      this.#lists.pop();
      this.#add('\n');
    } else if (/^h[1-6]$/u.test(name) || (BLOCKS.has(name) && name !== 'tr')) this.#add('\n\n');
  }

  #marker(): string {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.max(0, Math.min(this.#lists.length, 10) - 1));
    return list?.isOrdered ? `${indent}${++list.count}. ` : `${indent}- `;
  }

  #add(text: string): void {
    this.text += text;
    if (this.#main > 0) this.main += text;
  }
}

function tidy(text: string): string {
  return text
    .split(/(```\n[\s\S]*?\n```\n)/u)
    .map((part) =>
      part.startsWith('```\n')
        ? part
        : part
            .replaceAll(/[ \t]+\n/gu, '\n')
            .replaceAll(/\n[ \t]+(?![ \t]*[-\d])/gu, '\n')
            .replaceAll(/\n{3,}/gu, '\n\n'),
    )
    .join('')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}

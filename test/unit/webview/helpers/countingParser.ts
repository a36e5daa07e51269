import type { Token } from 'markdown-it';
import { MarkdownParser } from '../../../../src/webview/chat/markdown/parser';
import type { ParseContext } from '../../../../src/webview/chat/markdown/parser';

/** Counts the characters that it parses. */
export class CountingParser extends MarkdownParser {
  count = 0;

  override blocks(source: string, context: ParseContext): Token[] {
    this.count += source.length;
    return super.blocks(source, context);
  }

  override *pieces(
    token: Token,
    context: ParseContext,
  ): Generator<readonly Token[], void, undefined> {
    this.count += token.content.length;
    yield* super.pieces(token, context);
  }
}

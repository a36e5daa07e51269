import { marked } from 'marked';
import { createElement, memo, useMemo, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { startReceiver } from './frameReceiver';

const plugins = [remarkGfm];

/** A block draws itself again only when its own text is another. */
const Block = memo(function Block({ text }: { readonly text: string }): ReactElement {
  return createElement(Markdown, { remarkPlugins: plugins, children: text });
});

/** What chat recipes for React commonly do: split into blocks by a lexer at every update, memoise each. */
function Blocks({ text }: { readonly text: string }): ReactElement[] {
  const blocks = useMemo(() => marked.lexer(text).map(({ raw }) => raw), [text]);
  return blocks.map((block, index) => createElement(Block, { key: index, text: block }));
}

startReceiver((place) => {
  const root = createRoot(place);
  return (text) => flushSync(() => root.render(createElement(Blocks, { text })));
});

// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { countNodes } from '../../../../src/webview/chat/countNodes';

it('counts all nodes of a document: elements, texts and comments', () => {
  const page = document.implementation.createHTMLDocument();
  // The document, its type, html, head, body.
  expect(countNodes(page)).toBe(5);
  page.body.innerHTML = '<p>some <b>text</b></p><!-- said -->';
  expect(countNodes(page)).toBe(10);
});

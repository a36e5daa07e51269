import MarkdownIt from 'markdown-it';
import { startReceiver } from './frameReceiver';

/** Everything is parsed and put on the page anew in every frame. */
const markdown = new MarkdownIt({ linkify: true });

startReceiver((place) => (text) => {
  place.innerHTML = markdown.render(text);
});

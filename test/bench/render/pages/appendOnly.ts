import { startReceiver } from './frameReceiver';

/** The least that a page can do: text as it comes, in paragraphs of which only the last one grows. No markdown. */
startReceiver((place) => {
  let shown = 0;
  let paragraph = place.appendChild(document.createElement('p'));
  return (text) => {
    const [first = '', ...others] = text.slice(shown).split('\n\n');
    shown = text.length;
    paragraph.append(first);
    for (const other of others) {
      paragraph = place.appendChild(document.createElement('p'));
      paragraph.append(other);
    }
  };
});

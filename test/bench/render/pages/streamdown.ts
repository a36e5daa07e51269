import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Streamdown } from 'streamdown';
import { startReceiver } from './frameReceiver';

/** As it comes, without its plugins: no highlighting, no math, no diagrams. */
startReceiver((place) => {
  const root = createRoot(place);
  return (text) => flushSync(() => root.render(createElement(Streamdown, { children: text })));
});

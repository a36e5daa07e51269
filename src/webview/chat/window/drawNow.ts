import { options } from 'preact';

/** Draws what `change` changes of components before it returns, where they would be drawn a moment later otherwise. */
export function drawNow(change: () => void): void {
  const before = Object.getOwnPropertyDescriptor(options, 'debounceRendering');
  options.debounceRendering = (draw) => draw();
  try {
    change();
  } finally {
    if (before) Object.defineProperty(options, 'debounceRendering', before);
    else delete options.debounceRendering;
  }
}

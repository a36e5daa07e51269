import type { JSX } from 'preact';
import { piecesOf } from './pieces';
import type { Matches } from './pieces';

/** A text with what a search found in it marked. `matches`: [start, end) in UTF-16 units. */
export function Marked(props: { readonly text: string; readonly matches: Matches }): JSX.Element {
  return (
    <>
      {piecesOf(props.text, props.matches).map(({ text, isMatch }, index) =>
        isMatch ? <mark key={index}>{text}</mark> : text,
      )}
    </>
  );
}

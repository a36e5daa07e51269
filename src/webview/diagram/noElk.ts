/** In the place of the layout engine ELK, which is as large as all the rest: diagrams are laid out by dagre here. */
function noElk(): never {
  throw new Error('This layout is not available here');
}

// oxlint-disable-next-line no-default-export -- it is imported as the library is
export default noElk;

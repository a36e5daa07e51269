/** Enter then ends the input method's word. Key code 229: some browsers report the key after the composition's end. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** jsdom has no top layer: there, what is shown in it is shown in its place. */
export function stubPopovers(): void {
  Object.defineProperty(HTMLElement.prototype, 'showPopover', {
    configurable: true,
    value: () => undefined,
  });
}

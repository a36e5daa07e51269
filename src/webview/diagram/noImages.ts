/**
 * Shapes may name an image, which would be loaded from wherever the text says. The page's policy refuses that; here it is not even
 * tried: such a diagram fails, with this for a reason.
 */
export function refuseImages(): void {
  const refuse = (): never => {
    throw new Error('Images from elsewhere are not shown');
  };
  Object.defineProperty(HTMLImageElement.prototype, 'src', { set: refuse, get: () => '' });
  Object.defineProperty(HTMLImageElement.prototype, 'srcset', { set: refuse, get: () => '' });
  for (const name of ['setAttribute', 'setAttributeNS'] as const) {
    const own: unknown = Reflect.get(Element.prototype, name);
    Object.defineProperty(SVGImageElement.prototype, name, {
      value(this: SVGImageElement, ...args: readonly string[]): void {
        if (args.at(-2)?.endsWith('href') === true) refuse();
        if (typeof own === 'function') Reflect.apply(own, this, args);
      },
    });
  }
}

/** Longest wait for a style sheet, ms: what needs it does without then. */
const PATIENCE_MS = 10_000;

/** Where a file of the extension is, named as in the folder of the page's script. */
export function resourceUrl(file: string): string {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return new URL(file, script?.src ?? document.baseURI).href;
}

/** Adds one of the extension's style sheets; resolves when it counts. Rejects when it can't be had. */
export function loadStyleSheet(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = resourceUrl(file);
    const fail = (): void => reject(new Error(`The style sheet ${file} could not be loaded`));
    const timer = setTimeout(fail, PATIENCE_MS);
    link.addEventListener('load', () => {
      clearTimeout(timer);
      resolve();
    });
    link.addEventListener('error', () => {
      clearTimeout(timer);
      fail();
    });
    document.head.append(link);
  });
}

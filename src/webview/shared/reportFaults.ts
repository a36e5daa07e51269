/** UTF-16 units of an error that go to the log. */
const MAX_FAULT = 4_000;

/** What of an error goes to the log. */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, MAX_FAULT);
}

/** Passes on what nothing in the page has caught. */
export function reportFaults(fault: (error: unknown) => void): void {
  addEventListener('error', (event) => {
    // Without an error it is only the browser's remark that an observed size changed again: told in the next frame.
    const error: unknown = event.error;
    if (error !== null && error !== undefined) fault(error);
  });
  addEventListener('unhandledrejection', (event) => fault(event.reason));
}

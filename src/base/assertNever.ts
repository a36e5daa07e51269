/** Ends an exhausted union: a member that was forgotten does not compile, one that came from outside throws. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}

/** "port: expected a whole number from 0 to 65535, got "x"". */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

export function expected(key: string, what: string, got: unknown): OptionsError {
  return new OptionsError(`${key}: expected ${what}, got ${JSON.stringify(got)}`);
}

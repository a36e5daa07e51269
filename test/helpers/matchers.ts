import { expect } from 'vitest';

/** Vitest's matchers are typed `any`, which would spread; these are `unknown`. */

export const anyNumber: unknown = expect.any(Number);

export function containing(part: string): unknown {
  return expect.stringContaining(part);
}

export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

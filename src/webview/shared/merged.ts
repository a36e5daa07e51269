/** A copy of `base` with the fields of `patch` that are there; `undefined` counts as not there. */
export function merged<T extends object>(
  base: T,
  patch: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  const result = { ...base };
  for (const key in patch) {
    const value = patch[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}

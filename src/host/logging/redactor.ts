/** Shortest secret that is looked for: replacing shorter ones would tear up ordinary words. */
const MIN_SECRET_LENGTH = 8;

const MARK = '[secret]';

/** What looks like a key wherever it stands, and the values of the headers that carry one. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bsk-ant-[\w-]+/gu, MARK],
  [
    /((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic)\s+)?)[^\s"',;}]+/giu,
    `$1${MARK}`,
  ],
  [/(\bbearer\s+)[\w.~+/=-]{8,}/giu, `$1${MARK}`],
  [/(x-api-key["']?\s*[:=]\s*["']?)[^\s"',;}]+/giu, `$1${MARK}`],
  // User and password in an address.
  [/(\b[a-z][a-z\d+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/giu, `$1${MARK}@`],
];

/** Takes secrets out of texts before they are written anywhere. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** From now on this value is taken out wherever it stands. */
  add(secret: string): void {
    if (secret.length >= MIN_SECRET_LENGTH) this.#secrets.add(secret);
  }

  redact(text: string): string {
    let clean = text;
    // Longest first: one secret may be part of another.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(secret, MARK);
    }
    for (const [pattern, replacement] of PATTERNS) clean = clean.replaceAll(pattern, replacement);
    return clean;
  }
}

/** What a text holds that looks like a secret. */
export type SecretKind =
  | 'privateKey'
  | 'aws'
  | 'github'
  | 'gitlab'
  | 'slack'
  | 'google'
  | 'stripe'
  | 'anthropic'
  | 'openai'
  | 'npm'
  | 'jwt'
  | 'password';

/** Never has the value. `line` from 1. */
export interface SecretFinding {
  readonly kind: SecretKind;
  readonly line: number;
}

/** More would say no more. */
const MAX_FINDINGS = 20;
const MIN_ENTROPY_BITS = 3;
const MIN_PASSWORD_LENGTH = 8;

/**
 * Keys that name themselves. Each pattern begins with fixed characters and is bounded, so that a hostile text costs one pass.
 * Formats: the vendors' documentation.
 */
const TOKENS: readonly (readonly [SecretKind, RegExp])[] = [
  ['privateKey', /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/gu],
  ['aws', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu],
  ['github', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,90})/gu],
  ['gitlab', /\bglpat-[A-Za-z0-9_-]{20,}/gu],
  [
    'slack',
    /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bhooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/\w{20,}/gu,
  ],
  ['google', /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])|\bGOCSPX-[0-9A-Za-z_-]{28}/gu],
  ['stripe', /\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{16,}/gu],
  ['anthropic', /\bsk-ant-[A-Za-z0-9_-]{16,}/gu],
  ['openai', /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}/gu],
  ['npm', /\bnpm_[A-Za-z0-9]{36}\b/gu],
  ['jwt', /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/gu],
];

/** `password = "…"`, `DB_PASSWORD=…`, `"api_key": "…"`; a value without quotes only where the line is nothing but the assignment. */
const ASSIGNMENT =
  /(?:^|[^A-Za-z])(?:password|passwd|passphrase|secret|secret[_-]?key|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret|private[_-]?key)["']?\s{0,4}(?::|=|:=|=>)\s{0,4}(?:"([^"\n]{8,200})"|'([^'\n]{8,200})'|([^\s"'`,;(){}[\]<>]{8,200})[ \t]{0,4}$)/gimu;
/** Values that stand for one: references, templates, names, words. */
const STANDS_FOR =
  /^(?:\$|%|<|\{|\*+$|x+$|\.+$)|\$\{|\{\{|<[a-z]|^(?:process\.|os\.|env\b|config\b|this\.|self\.|await\b|new\b|function\b|null|undefined|true|false)|example|placeholder|change[-_ ]?me|your[-_ ]|dummy|redacted|test/iu;

/** Places that look like secrets, by line. Built for few false alarms: hashes, ids and base64 alone are none. */
export function findSecrets(text: string): SecretFinding[] {
  const found: { kind: SecretKind; at: number }[] = [];
  for (const [kind, pattern] of TOKENS) {
    for (const match of text.matchAll(pattern)) {
      if (kind !== 'privateKey' && isSample(match[0])) continue;
      found.push({ kind, at: match.index });
      if (found.length >= MAX_FINDINGS * 2) break;
    }
  }
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, double, single, bare] = match;
    const value = double ?? single ?? bare ?? '';
    if (!looksRandom(value, bare !== undefined)) continue;
    found.push({ kind: 'password', at: match.index + whole.lastIndexOf(value) });
    if (found.length >= MAX_FINDINGS * 4) break;
  }
  return linesOf(text, found).slice(0, MAX_FINDINGS);
}

/** Documentation shows keys that are one letter over and over, or say so. */
function isSample(token: string): boolean {
  return (
    /example|x{8}|0{8}|1234567890/iu.test(token) &&
    !/[A-Za-z0-9]{40}/u.test(token.replace(/x{4,}|0{4,}/giu, ''))
  );
}

/** Without quotes it may be code: then it needs to have letters and digits, and no punctuation that code has. */
function looksRandom(value: string, isBare: boolean): boolean {
  if (value.length < MIN_PASSWORD_LENGTH || STANDS_FOR.test(value)) return false;
  if (/\s/u.test(value)) return false;
  const isIdentifier = /^[A-Za-z_]+(?:[.\-/:][A-Za-z_]+)*$/u.test(value);
  if (isIdentifier) return false;
  if (isBare && (!/\d/u.test(value) || !/[A-Za-z]/u.test(value) || /\w\.\w+\.?/u.test(value)))
    return false;
  return entropyBits(value) >= MIN_ENTROPY_BITS;
}

/** Shannon's, in bits a character. */
function entropyBits(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function linesOf(
  text: string,
  found: readonly { kind: SecretKind; at: number }[],
): SecretFinding[] {
  const findings: SecretFinding[] = [];
  const seen = new Set<number>();
  let line = 1;
  let counted = 0;
  for (const { kind, at } of found.toSorted((a, b) => a.at - b.at)) {
    for (
      let next = text.indexOf('\n', counted);
      next >= 0 && next < at;
      next = text.indexOf('\n', counted)
    ) {
      line++;
      counted = next + 1;
    }
    // A password that is a key of a known kind is told once.
    if (seen.has(line)) continue;
    seen.add(line);
    findings.push({ kind, line });
  }
  return findings;
}

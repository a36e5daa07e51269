/**
 * Tokens are an estimate that is near enough for a panel and its metrics: pieces of about four characters for what is sent,
 * UTF-8 bytes divided by 3.6 for what came in. No real model counts like this.
 */
const BYTES_PER_TOKEN = 3.6;

const PIECE = / ?\w{1,7}|\s{1,8}|[^\s\w]{1,2}/gu;

/** Cuts text into pieces, one token each; joined they are the text again. Never cuts inside a code point. */
export function splitTokens(text: string): string[] {
  return text.match(PIECE) ?? [];
}

export function estimateTokens(text: string): number {
  return text === '' ? 0 : Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

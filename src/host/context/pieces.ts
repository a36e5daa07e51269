import type { Attachment } from '../../engine/ports';
import { ContextError } from './contextProblem';
import { framedText } from './framedText';
import type { FrameHead } from './framedText';
import type { FoundSecret, Gathered } from './gathered';
import { isSecretName } from './secretNames';
import { findSecrets } from './secretScan';

export interface TextPiece {
  readonly kind: Attachment['kind'];
  readonly label: string;
  readonly detail: string;
  readonly uri?: string | undefined;
  /** The file's path, where its name may say that it holds secrets. */
  readonly secretPath?: string;
  readonly head: FrameHead;
  readonly text: string;
  /** Where in the file the text begins; lines of secrets count from there. */
  readonly firstLine?: number;
}

/** A piece that is one text, looked through for secrets. */
export function textPiece({
  kind,
  label,
  detail,
  uri,
  secretPath,
  head,
  text,
  firstLine = 1,
}: TextPiece): Gathered {
  const named: FoundSecret[] =
    secretPath !== undefined && isSecretName(secretPath)
      ? [{ kind: 'name', path: secretPath }]
      : [];
  const found = findSecrets(text).map((finding) => ({
    kind: finding.kind,
    line: finding.line + firstLine - 1,
    where: '',
  }));
  return {
    kind,
    label,
    detail,
    uri,
    content: [framedText(head, text)],
    textBytes: Buffer.byteLength(text),
    mediaBytes: 0,
    secrets: [...named, ...found],
  };
}

/** Throws a `ContextError` for a text of more UTF-8 bytes. */
export function checkTextSize(text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new ContextError({ kind: 'tooLarge', bytes, maxBytes });
}

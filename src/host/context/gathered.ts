import type { AttachmentKind } from '../../engine/ports';
import type { ContentBlock } from '../../engine/types';
import type { SecretFinding } from './secretScan';

/** One piece of context as it was read. */
export interface Gathered {
  readonly kind: AttachmentKind;
  readonly label: string;
  /** For a tooltip: whole path, lines, what is special about it. */
  readonly detail: string;
  readonly uri: string | undefined;
  readonly content: readonly ContentBlock[];
  /** UTF-8 bytes of its text; base64 characters of an image or a document. */
  readonly textBytes: number;
  readonly mediaBytes: number;
  /** What looks like a secret. `line` is one of the file it is in, or of the piece. */
  readonly secrets: readonly FoundSecret[];
}

/** `name`: the file's name alone says that it holds some. `where`: the file, in pieces with several. */
export type FoundSecret =
  { readonly kind: 'name'; readonly path: string } | (SecretFinding & { readonly where: string });

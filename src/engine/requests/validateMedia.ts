import { isRecord, type WireRecord } from '../models/wireGuards';
import type { ContentBlock, Message } from '../types';

/** Base64 characters of one image. Source: Anthropic's vision guide (10 MB at its own API, less at some clouds, which say so themselves). */
const MAX_IMAGE_CHARACTERS = 10 * 1024 * 1024;
const IMAGE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const PDF = 'application/pdf';
const MEGABYTE = 1024 * 1024;

/**
 * What is wrong with the images and documents of a message, as a sentence that names the block and says what to do; `undefined` when
 * nothing is. `where` names the message. Kinds of blocks that this version does not know pass.
 */
export function mediaProblem({ role, content }: Message, where: string): string | undefined {
  if (typeof content === 'string') return undefined;
  return blocksProblem(content, `${where}.content`, role);
}

function blocksProblem(
  blocks: readonly ContentBlock[],
  where: string,
  role: Message['role'],
): string | undefined {
  for (const [index, block] of blocks.entries()) {
    const problem = blockProblem(block, `${where}[${index}]`, role);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function blockProblem(
  block: ContentBlock,
  where: string,
  role: Message['role'],
): string | undefined {
  switch (block.type) {
    case 'image':
      return imageProblem(block, where);
    case 'document':
      if (role === 'assistant') {
        return `${where}: expected documents in the user's messages only, got one in the assistant's. Move it.`;
      }
      return documentProblem(block, where);
    case 'tool_result':
      // A tool may answer with images and documents.
      return 'content' in block && Array.isArray(block['content'])
        ? blocksProblem(block['content'].filter(isBlock), `${where}.content`, role)
        : undefined;
    default:
      return undefined;
  }
}

function imageProblem(block: ContentBlock, where: string): string | undefined {
  const data = base64Source(block);
  if (!data) return undefined;
  const problem = typeProblem(data, IMAGE_TYPES, `${where} (image)`);
  if (problem !== undefined) return problem;
  if (data.text.length <= MAX_IMAGE_CHARACTERS) return undefined;
  const size = (data.text.length / MEGABYTE).toFixed(1);
  return `${where} (image): expected at most 10 MB in base64, got ${size} MB. Attach it smaller, or in a format that compresses it.`;
}

function documentProblem(block: ContentBlock, where: string): string | undefined {
  const data = base64Source(block);
  return data ? typeProblem(data, [PDF], `${where} (document)`) : undefined;
}

interface Base64Source {
  readonly mediaType: unknown;
  readonly text: string;
}

/** `undefined` for a source that is not in the request itself: an address, a file's id; and for plain text. */
function base64Source(block: ContentBlock): Base64Source | undefined {
  const source: unknown = 'source' in block ? block['source'] : undefined;
  if (!isBase64(source)) return undefined;
  return { mediaType: source['media_type'], text: source.data };
}

function isBase64(source: unknown): source is WireRecord & { readonly data: string } {
  return isRecord(source) && source['type'] === 'base64' && typeof source['data'] === 'string';
}

function typeProblem(
  { mediaType, text }: Base64Source,
  expected: readonly string[],
  where: string,
): string | undefined {
  if (typeof mediaType !== 'string' || !expected.includes(mediaType)) {
    const got = JSON.stringify(mediaType)?.slice(0, 80) ?? 'none';
    return `${where}: expected the media type ${expected.join(', ')}, got ${got}. Convert it, or send its text.`;
  }
  if (text === '') return `${where}: expected its contents, got none. Attach it again.`;
  if (text.startsWith('data:')) {
    return `${where}: expected base64 alone, got a data: address. Leave out all up to the comma.`;
  }
  return undefined;
}

function isBlock(value: unknown): value is ContentBlock {
  return isRecord(value) && typeof value['type'] === 'string';
}

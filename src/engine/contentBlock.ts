import type { ContentBlock } from './types';

/** Whether data from the disk or from outside is a content block: the fields that Pulse reads are there, the others are not looked at. */
export function isContentBlock(value: unknown): value is ContentBlock {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'text':
      return 'text' in value && typeof value.text === 'string';
    case 'thinking':
      return (
        'thinking' in value &&
        typeof value.thinking === 'string' &&
        'signature' in value &&
        typeof value.signature === 'string'
      );
    case 'tool_use':
      return (
        'id' in value &&
        typeof value.id === 'string' &&
        'name' in value &&
        typeof value.name === 'string' &&
        'input' in value
      );
    default:
      return typeof value.type === 'string';
  }
}

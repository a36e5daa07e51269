import { EngineError } from '../../errors';
import type { InputLimits, Load } from './inputLimits';

const MEGABYTE = 1024 * 1024;

/** The question alone, with system prompt and tools, is above a limit: says which, with the figures and what to do. */
export function tooLarge(model: string, load: Load, limits: InputLimits): EngineError {
  return new EngineError('request_too_large', message(model, load, limits));
}

function message(model: string, load: Load, limits: InputLimits): string {
  if (load.bodyBytes > limits.bodyBytes) {
    return `The question is too large to be sent: ${megabytes(load.bodyBytes)} MB with system prompt and tools, where a request may have ${megabytes(limits.bodyBytes)} MB. Attach less or smaller files.`;
  }
  if (load.images > limits.images) {
    return `The question has too many images: ${load.images}, where ${model} takes ${limits.images} in a request. Attach fewer.`;
  }
  const size = `The question is too large: about ${figure(load.tokens)} tokens with system prompt and tools`;
  return limits.capped
    ? `${size}, where the setting shaping.maxInputTokens allows ${figure(limits.tokens)}. Send less of it, or raise that setting.`
    : `${size}, where ${model} has room for ${figure(limits.tokens)} beside its reply. Send less of it, or choose a model with a larger window.`;
}

function figure(count: number): string {
  return Math.ceil(count).toLocaleString('en-US');
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

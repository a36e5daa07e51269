import { ApiProblem, invalid } from '../apiProblem';
import { isRecord, recordsOf, stringOf } from '../json';
import type { JsonRecord } from '../json';
import { findModel } from '../models';
import type { SimulatedModel } from '../models';
import { checkSampling, effortOf, thinkingOf, toolChoiceOf } from './modelRules';
import type { MessagesRequest, ToolSpec } from './messagesRequest';
import { contentBlocks, validateMessages } from './validateMessages';

export interface ValidationContext {
  /** Value of `anthropic-version`. */
  readonly apiVersion: string;
  readonly strictModels: boolean;
  /** count_tokens asks for no `max_tokens`. */
  readonly endpoint: 'messages' | 'count_tokens';
  /** Whether a reply to this conversation was paused: then its end may be an assistant's on any model. */
  readonly wasPaused: (messages: MessagesRequest['messages']) => boolean;
}

function modelOf(body: JsonRecord, strict: boolean): SimulatedModel {
  const { model } = body;
  if (model === undefined) throw invalid('model: Field required');
  if (typeof model !== 'string') throw invalid('model: Input should be a valid string');
  const found = findModel(model, strict);
  if (!found) throw new ApiProblem(404, `model: ${model}`);
  return found;
}

function maxTokensOf(body: JsonRecord, model: SimulatedModel): number {
  const value = body['max_tokens'];
  if (value === undefined) throw invalid('max_tokens: Field required');
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalid('max_tokens: Input should be a valid integer');
  }
  if (value < 0) throw invalid('max_tokens: Input should be greater than or equal to 0');
  if (value > model.maxOutputTokens) {
    throw invalid(
      `max_tokens: ${value} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
  return value;
}

function toolsOf(body: JsonRecord): { specs: ToolSpec[]; asSent: readonly JsonRecord[] } {
  const { tools } = body;
  if (tools !== undefined && !Array.isArray(tools)) {
    throw invalid('tools: Input should be a valid list');
  }
  const asSent = recordsOf(tools);
  const specs = asSent.map((tool, index) => {
    const name = stringOf(tool['name']);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`tools.${index}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    const schema = tool['input_schema'];
    return { name, inputSchema: isRecord(schema) ? schema : {} };
  });
  return { specs, asSent };
}

function stopSequencesOf(body: JsonRecord): string[] {
  const value = body['stop_sequences'];
  if (value === undefined || value === null) return [];
  const sequences = Array.isArray(value) ? value : undefined;
  if (!sequences?.every((item): item is string => typeof item === 'string')) {
    throw invalid('stop_sequences: Input should be a valid list of strings');
  }
  if (sequences.some((item) => item.trim() === '')) {
    throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
  }
  return sequences;
}

function schemaOf(outputConfig: JsonRecord): JsonRecord | undefined {
  const { format } = outputConfig;
  if (!isRecord(format)) return undefined;
  return isRecord(format['schema']) ? format['schema'] : undefined;
}

function checkPrefill(request: MessagesRequest, context: ValidationContext): void {
  const last = request.messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (!request.model.prefill && !context.wasPaused(request.messages)) {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const lastBlock = last.blocks.at(-1);
  if (lastBlock?.type === 'text' && /\s$/.test(stringOf(lastBlock['text']))) {
    throw invalid('messages: final assistant content cannot end with trailing whitespace');
  }
}

/**
 * Checks a body as the API does.
 * @throws ApiProblem with the API's status, type and message
 */
export function validateRequest(body: unknown, context: ValidationContext): MessagesRequest {
  if (!isRecord(body)) throw invalid('Input should be a valid dictionary');
  const model = modelOf(body, context.strictModels);
  const maxTokens =
    context.endpoint === 'messages' ? maxTokensOf(body, model) : model.maxOutputTokens;
  const messages = validateMessages(body['messages']);
  checkSampling(body, model, context.apiVersion);
  const { stream, output_config: outputConfigAsSent, cache_control: cacheControl } = body;
  if (stream !== undefined && typeof stream !== 'boolean') {
    throw invalid('stream: Input should be a valid boolean');
  }
  const outputConfig = isRecord(outputConfigAsSent) ? outputConfigAsSent : {};
  const tools = toolsOf(body);
  const system = body['system'];
  const request: MessagesRequest = {
    modelId: model.id,
    model,
    stream: stream ?? false,
    maxTokens,
    system: system === undefined ? [] : contentBlocks(system, 'system', 'system'),
    messages,
    stopSequences: stopSequencesOf(body),
    tools: tools.specs,
    toolsAsSent: tools.asSent,
    toolChoice: toolChoiceOf(body, model),
    thinking: thinkingOf(body, model, maxTokens),
    effort: effortOf(outputConfig, model),
    outputSchema: schemaOf(outputConfig),
    cacheControl: isRecord(cacheControl) ? cacheControl : undefined,
  };
  checkPrefill(request, context);
  return request;
}

import type { Effort } from '../../engine/types';
import { invalid } from '../apiProblem';
import { isRecord, stringOf } from '../json';
import type { JsonRecord } from '../json';
import type { SimulatedModel } from '../models';
import type { MessagesRequest } from './messagesRequest';

/** What differs by model: thinking, effort, sampling, forced tools. Each throws an ApiProblem as the API words it. */

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

const SAMPLING_FIELDS = ['temperature', 'top_p', 'top_k'] as const;

/** The first API version that takes no sampling parameters. */
const WITHOUT_SAMPLING = '2026-10-21';

export function checkSampling(body: JsonRecord, model: SimulatedModel, apiVersion: string): void {
  for (const field of SAMPLING_FIELDS) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (apiVersion >= WITHOUT_SAMPLING) {
      throw invalid(`${field}: this parameter is not supported on API version ${apiVersion}`);
    }
    if (typeof value !== 'number') throw invalid(`${field}: Input should be a valid number`);
    if (field === 'temperature' && (value < 0 || value > 1)) {
      throw invalid('temperature: range: 0..1');
    }
    if (model.sampling === 'fixed' && !(field === 'temperature' && value === 1)) {
      throw invalid(`${field}: this model accepts only the default, temperature 1.0`);
    }
  }
}

export function effortOf(outputConfig: JsonRecord, model: SimulatedModel): Effort | undefined {
  const value = outputConfig['effort'];
  if (value === undefined || value === null) return undefined;
  const effort = EFFORTS.find((level) => level === value);
  if (effort === undefined) {
    throw invalid(
      `output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max', got ${JSON.stringify(value)}`,
    );
  }
  if (model.efforts.includes(effort)) return effort;
  if (model.efforts.length === 0)
    throw invalid('This model does not support the effort parameter.');
  throw invalid(
    `This model does not support effort level '${effort}'. Supported levels: ${model.efforts.join(', ')}.`,
  );
}

function checkBudget(thinking: JsonRecord, maxTokens: number): void {
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number' || budget < 1_024) {
    throw invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  }
  if (budget >= maxTokens) {
    throw invalid('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
}

export function thinkingOf(
  body: JsonRecord,
  model: SimulatedModel,
  maxTokens: number,
): MessagesRequest['thinking'] {
  const thinking = body['thinking'];
  if (thinking === undefined || thinking === null) return model.thinksByDefault ? 'shown' : 'off';
  if (!isRecord(thinking)) throw invalid('thinking: Input should be an object');
  const type = stringOf(thinking['type']);
  const { adaptive, betweenTools, disabled, enabled } = model.thinking;
  const accepted = new Map([
    ['adaptive', adaptive],
    ['between_tools', betweenTools],
    ['disabled', disabled],
    ['enabled', enabled],
  ]);
  if (!accepted.has(type)) {
    const tags = [...accepted.keys()].map((tag) => `'${tag}'`).join(', ');
    throw invalid(
      `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: ${tags}`,
    );
  }
  if (accepted.get(type) !== true) {
    throw invalid(`thinking.type: "${type}" is not supported for this model.`);
  }
  if (type === 'enabled') checkBudget(thinking, maxTokens);
  if (type === 'disabled' || type === 'between_tools') return 'off';
  return thinking['display'] === 'omitted' ? 'omitted' : 'shown';
}

export function toolChoiceOf(
  body: JsonRecord,
  model: SimulatedModel,
): MessagesRequest['toolChoice'] {
  const choice = body['tool_choice'];
  if (choice === undefined || choice === null) return 'auto';
  const type = isRecord(choice) ? stringOf(choice['type']) : '';
  if (type === 'auto' || type === 'none') return type;
  if (type !== 'any' && type !== 'tool') {
    throw invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
  }
  if (!model.forcedTools) {
    throw invalid(`tool_choice: forcing tool use ("${type}") is not supported for this model.`);
  }
  if (type === 'any') return 'any';
  return { tool: isRecord(choice) ? stringOf(choice['name']) : '' };
}

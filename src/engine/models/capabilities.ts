import { EFFORT_LEVELS, type ModelCapabilities, type ModelInfo } from '../types';
import { BUILTIN_MODELS, type BuiltinModel } from './builtinModels';
import { countField, isRecord, stringField, type WireRecord } from './wireGuards';

const BUILTIN_BY_ID: ReadonlyMap<string, BuiltinModel> = new Map(
  BUILTIN_MODELS.map((model) => [model.id, model]),
);

/** A Claude that neither the server nor the built-in list describes: nothing is sent that could be refused. */
const UNKNOWN_CLAUDE: ModelCapabilities = {
  contextWindow: 200_000,
  maxOutputTokens: 8_192,
  thinking: 'none',
  efforts: [],
  maxTemperature: undefined,
  prefill: false,
};

/** Another maker's model behind a server that speaks the Messages API: the protocol's old, common parameters. */
const UNKNOWN_OTHER: ModelCapabilities = {
  contextWindow: 32_768,
  maxOutputTokens: 32_768,
  thinking: 'none',
  efforts: [],
  maxTemperature: 1,
  prefill: true,
};

/** Whether a name is one of Anthropic's, also in the spellings of clouds and gateways (`anthropic/claude-…`, `us.anthropic.claude-…`). */
function isClaude(id: string): boolean {
  return /(^|[/.@])claude-/.test(id);
}

/** What is known of a model without asking a server. Dated names (`claude-haiku-4-5-20251001`) mean the undated model. */
export function builtinInfo(id: string): ModelInfo {
  const builtin = BUILTIN_BY_ID.get(id) ?? BUILTIN_BY_ID.get(id.replace(/-(\d{8}|latest)$/, ''));
  return {
    id,
    displayName: builtin?.displayName ?? id,
    capabilities: builtin?.capabilities ?? (isClaude(id) ? UNKNOWN_CLAUDE : UNKNOWN_OTHER),
    retiresAt: builtin?.retiresAt,
    source: 'builtin',
  };
}

/** The built-in models that are not gone yet. `wallNow`: milliseconds since 1970. */
export function builtinModels(wallNow: number): readonly ModelInfo[] {
  return BUILTIN_MODELS.filter(
    ({ retiresAt }) => retiresAt === undefined || Date.parse(retiresAt) > wallNow,
  ).map(({ id }) => builtinInfo(id));
}

/**
 * One entry of `/v1/models`. What the server does not tell is filled in from the built-in list; servers like Ollama and LM Studio
 * tell the id only.
 * @returns `undefined` for what is no model or a retired one
 */
export function serverInfo(entry: unknown): ModelInfo | undefined {
  if (!isRecord(entry)) return undefined;
  const id = stringField(entry, 'id');
  if (id === '' || entry['lifecycle'] === 'retired') return undefined;
  const known = builtinInfo(id);
  const told = isRecord(entry['capabilities']) ? entry['capabilities'] : undefined;
  const retiresAt = stringField(entry, 'retires_at');
  return {
    id,
    displayName: stringField(entry, 'display_name') || known.displayName,
    capabilities: {
      ...known.capabilities,
      ...limits(entry),
      ...(told ? { ...thinking(told), ...efforts(told) } : {}),
    },
    retiresAt: retiresAt === '' ? known.retiresAt : retiresAt,
    source: 'server',
  };
}

type Limits = Partial<Pick<ModelCapabilities, 'contextWindow' | 'maxOutputTokens'>>;

function limits(entry: WireRecord): Limits {
  // The last two are what vLLM and other local servers call it.
  const contextWindow =
    countField(entry, 'max_input_tokens') ??
    countField(entry, 'max_model_len') ??
    countField(entry, 'context_length');
  const maxOutputTokens = countField(entry, 'max_tokens');
  return {
    ...(contextWindow ? { contextWindow } : {}),
    ...(maxOutputTokens ? { maxOutputTokens } : {}),
  };
}

/** `capabilities.thinking.types`: which values of `thinking.type` the model accepts. */
function thinking(told: WireRecord): Partial<ModelCapabilities> {
  const capability = told['thinking'];
  if (!isRecord(capability)) return {};
  if (capability['supported'] === false) return { thinking: 'none' };
  const types = isRecord(capability['types']) ? capability['types'] : {};
  if (supported(types, 'adaptive')) {
    if (supported(types, 'disabled')) return { thinking: 'optional', thinkingOff: 'disabled' };
    if (supported(types, 'between_tools')) {
      return { thinking: 'optional', thinkingOff: 'between_tools' };
    }
    return { thinking: 'always' };
  }
  return supported(types, 'enabled') ? { thinking: 'budget' } : {};
}

function efforts(told: WireRecord): Partial<ModelCapabilities> {
  const capability = told['effort'];
  if (!isRecord(capability)) return {};
  if (capability['supported'] === false) return { efforts: [] };
  return { efforts: EFFORT_LEVELS.filter((level) => supported(capability, level)) };
}

function supported(record: WireRecord, name: string): boolean {
  const value = record[name];
  return isRecord(value) && value['supported'] === true;
}

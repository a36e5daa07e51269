import { assertNever } from '../../base/assertNever';
import type { Effort, ModelCapabilities, ModelInfo, ThinkingMode } from '../../engine/types';
import type { PanelOption } from '../../protocol/chat';
import type { Translate } from '../translate';

/** Choice of the effort picker that leaves the matter to the model. */
export const DEFAULT_EFFORT = 'default';
/** Choice of the effort picker that turns thinking off. */
export const NO_THINKING = 'no-thinking';

/** What is shown of a model that retires within this time, ms. */
const RETIREMENT_NOTICE_MS = 90 * 24 * 60 * 60 * 1_000;

export function modelOptions(
  models: readonly ModelInfo[],
  now: number,
  t: Translate,
): PanelOption[] {
  return models.map((model) => {
    const note = retirementNote(model, now, t);
    return {
      id: model.id,
      label: model.displayName,
      ...(note === undefined ? {} : { description: note }),
    };
  });
}

/** A line about a model's retirement when that is near or past. */
export function retirementNote(model: ModelInfo, now: number, t: Translate): string | undefined {
  if (model.retiresAt === undefined) return undefined;
  const at = Date.parse(model.retiresAt);
  if (Number.isNaN(at) || at - now > RETIREMENT_NOTICE_MS) return undefined;
  const day = new Date(at).toISOString().slice(0, 10);
  return at <= now ? t('retired {0}', day) : t('retires {0}', day);
}

/** What the effort picker offers for a model; empty where there is no choice. */
export function effortOptions(capabilities: ModelCapabilities, t: Translate): PanelOption[] {
  const levels = capabilities.efforts.map((effort) => ({
    id: effort,
    label: effortLabel(effort, t),
  }));
  const canTurnOff = canTurnOffThinking(capabilities);
  if (levels.length === 0 && !canTurnOff) return [];
  return [
    { id: DEFAULT_EFFORT, label: t('Default effort') },
    ...(canTurnOff ? [{ id: NO_THINKING, label: t('No thinking') }] : []),
    ...levels,
  ];
}

function canTurnOffThinking(capabilities: ModelCapabilities | undefined): boolean {
  return capabilities?.thinking === 'optional' || capabilities?.thinking === 'budget';
}

function effortLabel(effort: Effort, t: Translate): string {
  switch (effort) {
    case 'low':
      return t('Low effort');
    case 'medium':
      return t('Medium effort');
    case 'high':
      return t('High effort');
    case 'xhigh':
      return t('Very high effort');
    case 'max':
      return t('Maximum effort');
    default:
      return assertNever(effort);
  }
}

/** What a chosen effort means for a request to this model. A choice that the model lacks, or of which nothing is known, counts as the default one. */
export function effortRequest(
  choice: string,
  capabilities: ModelCapabilities | undefined,
): { readonly effort: Effort | undefined; readonly thinking: ThinkingMode | undefined } {
  const effort = capabilities?.efforts.find((level) => level === choice);
  const off = choice === NO_THINKING && canTurnOffThinking(capabilities);
  return { effort, thinking: off ? 'off' : undefined };
}

/** What is remembered of the user's choice, for each endpoint: other endpoints have other models. */
export interface RememberedChoice {
  readonly model?: string;
  readonly effort?: string;
}

/**
 * The model in use: the one chosen here before, else the setting, else the list's first. A list that came from the server
 * rules out what it lacks, except what the user chose by hand: gateways know models that they do not list.
 */
export function effectiveModel(
  remembered: RememberedChoice,
  setting: string,
  models: readonly ModelInfo[],
): string {
  if (remembered.model !== undefined) return remembered.model;
  const isFromServer = models.some((model) => model.source === 'server');
  const isListed = models.some((model) => model.id === setting);
  return isFromServer && !isListed ? (models[0]?.id ?? setting) : setting;
}

/** Reads what was remembered by an earlier version or window. */
export function parseChoice(value: unknown): RememberedChoice {
  if (typeof value !== 'object' || value === null) return {};
  const text = (name: string): string | undefined => {
    const field: unknown = Reflect.get(value, name);
    return typeof field === 'string' && field !== '' && field.length <= 200 ? field : undefined;
  };
  const model = text('model');
  const effort = text('effort');
  return { ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }) };
}

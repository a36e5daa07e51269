import type { Effort, ModelCapabilities } from '../types';

/** The model meant when none is named. */
export const DEFAULT_MODEL = 'claude-sonnet-5-5';

export interface BuiltinModel {
  readonly id: string;
  readonly displayName: string;
  readonly capabilities: ModelCapabilities;
  /** ISO 8601 date. */
  readonly retiresAt?: string;
}

const ALL: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const WITHOUT_XHIGH: readonly Effort[] = ['low', 'medium', 'high', 'max'];
const UP_TO_HIGH: readonly Effort[] = ['low', 'medium', 'high'];

/** What most models since 4.7 share. */
const CURRENT: ModelCapabilities = {
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  thinking: 'optional',
  efforts: ALL,
  maxTemperature: undefined,
  prefill: false,
};

/** Always thinks: turning it off gives 400. */
const ALWAYS: ModelCapabilities = { ...CURRENT, thinking: 'always' };

/** 4.5 and before: fixed thinking budgets, temperature, prefill. */
const CLASSIC: ModelCapabilities = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  thinking: 'budget',
  efforts: [],
  maxTemperature: 1,
  prefill: true,
};

/**
 * What is used where the server has no list of models; a server's own list always wins. Newest first, as the API lists them.
 * Source: Anthropic's model pages and `src/resources/messages/messages.ts` of @anthropic-ai/sdk 1.12.0, November 2026. Of
 * Fable 5.2 and Mythos 5.2 only the names are known: taken to be like 5.1.
 */
export const BUILTIN_MODELS: readonly BuiltinModel[] = [
  { id: 'claude-fable-5-2', displayName: 'Claude Fable 5.2', capabilities: ALWAYS },
  { id: 'claude-mythos-5-2', displayName: 'Claude Mythos 5.2', capabilities: ALWAYS },
  {
    id: 'claude-haiku-5-5',
    displayName: 'Claude Haiku 5.5',
    capabilities: { ...CURRENT, efforts: UP_TO_HIGH },
  },
  {
    id: 'claude-sonnet-5-5',
    displayName: 'Claude Sonnet 5.5',
    capabilities: { ...CURRENT, thinkingOff: 'between_tools' },
  },
  { id: 'claude-fable-5-1', displayName: 'Claude Fable 5.1', capabilities: ALWAYS },
  { id: 'claude-opus-5-5', displayName: 'Claude Opus 5.5', capabilities: ALWAYS },
  { id: 'claude-mythos-5-1', displayName: 'Claude Mythos 5.1', capabilities: ALWAYS },
  { id: 'claude-sonnet-5', displayName: 'Claude Sonnet 5', capabilities: CURRENT },
  { id: 'claude-fable-5', displayName: 'Claude Fable 5', capabilities: ALWAYS },
  { id: 'claude-mythos-5', displayName: 'Claude Mythos 5', capabilities: ALWAYS },
  { id: 'claude-opus-5', displayName: 'Claude Opus 5', capabilities: CURRENT },
  { id: 'claude-opus-4-8', displayName: 'Claude Opus 4.8', capabilities: CURRENT },
  { id: 'claude-opus-4-7', displayName: 'Claude Opus 4.7', capabilities: CURRENT },
  {
    id: 'claude-opus-4-6',
    displayName: 'Claude Opus 4.6',
    capabilities: { ...CURRENT, efforts: WITHOUT_XHIGH, maxTemperature: 1 },
  },
  {
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    capabilities: {
      ...CURRENT,
      maxOutputTokens: 64_000,
      efforts: WITHOUT_XHIGH,
      maxTemperature: 1,
    },
  },
  { id: 'claude-haiku-4-5', displayName: 'Claude Haiku 4.5', capabilities: CLASSIC },
  {
    id: 'claude-opus-4-5',
    displayName: 'Claude Opus 4.5',
    capabilities: { ...CLASSIC, efforts: UP_TO_HIGH },
  },
  {
    id: 'claude-sonnet-4-5',
    displayName: 'Claude Sonnet 4.5',
    capabilities: CLASSIC,
    retiresAt: '2026-11-30',
  },
];

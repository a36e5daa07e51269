import type { Effort } from '../engine/types';

/** How fast a model is: medians, with a seeded spread (sigma of a log-normal) around them. */
export interface ModelSpeed {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly sigma: number;
}

/** Values of `thinking.type` that a request may carry. */
export interface ThinkingTypes {
  readonly adaptive: boolean;
  readonly betweenTools: boolean;
  readonly disabled: boolean;
  readonly enabled: boolean;
}

/**
 * What `temperature` may be on API version 2023-06-01: anything from 0 to 1, or only 1.
 * On 2026-10-21 no model takes it.
 */
export type Sampling = 'free' | 'fixed';

export interface ModelRules {
  /** Tokens. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly thinking: ThinkingTypes;
  /** Whether it thinks when the request does not say. */
  readonly thinksByDefault: boolean;
  /** Empty: `output_config.effort` is refused. */
  readonly efforts: readonly Effort[];
  readonly prefill: boolean;
  /** Whether `tool_choice` may force a tool. */
  readonly forcedTools: boolean;
  readonly sampling: Sampling;
}

export interface SimulatedModel extends ModelRules {
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: string;
  readonly lifecycle: 'active' | 'deprecated';
  readonly deprecatedAt: string | null;
  readonly retiresAt: string | null;
  readonly speed: ModelSpeed;
}

const FAST: ModelSpeed = { firstTokenMs: 220, tokensPerSecond: 180, sigma: 0.25 };
const BALANCED: ModelSpeed = { firstTokenMs: 480, tokensPerSecond: 90, sigma: 0.3 };
const DEEP: ModelSpeed = { firstTokenMs: 900, tokensPerSecond: 55, sigma: 0.35 };

const ALL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

const NO_THINKING: ThinkingTypes = {
  adaptive: false,
  betweenTools: false,
  disabled: true,
  enabled: false,
};
const ALWAYS_ADAPTIVE: ThinkingTypes = {
  adaptive: true,
  betweenTools: false,
  disabled: false,
  enabled: false,
};
const OPTIONAL_ADAPTIVE: ThinkingTypes = { ...ALWAYS_ADAPTIVE, disabled: true };
const BUDGET: ThinkingTypes = {
  adaptive: false,
  betweenTools: false,
  disabled: true,
  enabled: true,
};

const PLAIN: ModelRules = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  thinking: NO_THINKING,
  thinksByDefault: false,
  efforts: [],
  prefill: true,
  forcedTools: true,
  sampling: 'free',
};
const LARGE: ModelRules = {
  ...PLAIN,
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  efforts: ALL_EFFORTS,
  prefill: false,
  sampling: 'fixed',
};
const ALWAYS_THINKING: ModelRules = {
  ...LARGE,
  thinking: ALWAYS_ADAPTIVE,
  thinksByDefault: true,
};

const ACTIVE = { lifecycle: 'active', deprecatedAt: null, retiresAt: null } as const;

/** The simulator's own models, newest first as the API lists them. */
export const SIMULATED_MODELS: readonly SimulatedModel[] = [
  {
    ...LARGE,
    ...ACTIVE,
    id: 'simulator-balanced',
    displayName: 'Simulator Balanced',
    createdAt: '2026-11-03T00:00:00Z',
    thinking: OPTIONAL_ADAPTIVE,
    efforts: ['low', 'medium', 'high'],
    speed: BALANCED,
  },
  {
    ...ALWAYS_THINKING,
    ...ACTIVE,
    id: 'simulator-deep',
    displayName: 'Simulator Deep (thinks first)',
    createdAt: '2026-11-02T00:00:00Z',
    forcedTools: false,
    speed: DEEP,
  },
  {
    ...PLAIN,
    ...ACTIVE,
    id: 'simulator-fast',
    displayName: 'Simulator Fast',
    createdAt: '2026-11-01T00:00:00Z',
    speed: FAST,
  },
  {
    ...PLAIN,
    id: 'simulator-legacy',
    displayName: 'Simulator Legacy (deprecated)',
    createdAt: '2025-01-01T00:00:00Z',
    lifecycle: 'deprecated',
    deprecatedAt: '2026-06-30T00:00:00Z',
    retiresAt: '2027-12-31T00:00:00Z',
    maxOutputTokens: 8_192,
    thinking: BUDGET,
    speed: BALANCED,
  },
];

/**
 * What real models accept, so that a client's handling of it can be tried against the simulator (API-FACTS, 2026-11).
 * First match wins. Nothing here makes the simulator answer like one of them.
 */
const STAND_IN_RULES: readonly (readonly [RegExp, ModelRules])[] = [
  [/^claude-opus-5-5/, { ...ALWAYS_THINKING, forcedTools: false }],
  [
    /^claude-sonnet-5-5/,
    {
      ...ALWAYS_THINKING,
      thinking: { ...ALWAYS_ADAPTIVE, betweenTools: true },
      forcedTools: false,
    },
  ],
  [/^claude-(?:fable|mythos)-5/, ALWAYS_THINKING],
  [/^claude-haiku-5-5/, { ...LARGE, thinking: OPTIONAL_ADAPTIVE, thinksByDefault: true }],
  [/^claude-(?:opus-5|opus-4-[78]|sonnet-5)/, { ...LARGE, thinking: OPTIONAL_ADAPTIVE }],
  [
    /^claude-(?:opus|sonnet)-4-6/,
    {
      ...LARGE,
      thinking: { ...OPTIONAL_ADAPTIVE, enabled: true },
      efforts: ['low', 'medium', 'high', 'max'],
      sampling: 'free',
    },
  ],
  [/^claude-opus-4-5/, { ...PLAIN, thinking: BUDGET, efforts: ['low', 'medium', 'high'] }],
  [/^claude-(?:haiku|sonnet|opus)-4|^claude-3-7/, { ...PLAIN, thinking: BUDGET }],
  [/^claude-3/, { ...PLAIN, maxOutputTokens: 8_192 }],
];

/** For a name that nobody knows: everything goes. */
const LENIENT: ModelRules = {
  ...LARGE,
  thinking: { adaptive: true, betweenTools: true, disabled: true, enabled: true },
  prefill: true,
  sampling: 'free',
};

function standInSpeed(id: string): ModelSpeed {
  if (/haiku/.test(id)) return FAST;
  return /opus|fable|mythos/.test(id) ? DEEP : BALANCED;
}

/**
 * The model of that name. With `strict` only the simulator's own exist; else it stands in for any name,
 * with the rules of that Claude model where it knows them.
 */
export function findModel(id: string, strict: boolean): SimulatedModel | undefined {
  const own = SIMULATED_MODELS.find((model) => model.id === id);
  if (own || strict || id === '') return own;
  const rules = STAND_IN_RULES.find(([pattern]) => pattern.test(id))?.[1] ?? LENIENT;
  return {
    ...rules,
    ...ACTIVE,
    id,
    displayName: `${id} (simulated)`,
    createdAt: '1970-01-01T00:00:00Z',
    speed: standInSpeed(id),
  };
}

/** Models of one family share their rate limits: a tier and major version, as in `sonnet-5`. Other names are families of their own. */
export function modelFamily(id: string): string {
  const match = /(?:^|[/.@])claude-(?:(\d)(?:[-.]\d+)?-)?([a-z]+)(?:-(\d{1,2})(?!\d))?/.exec(id);
  if (!match) return id;
  const [, before, tier = '', after] = match;
  const major = before ?? after;
  return major === undefined ? tier : `${tier}-${major}`;
}

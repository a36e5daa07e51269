import { invalid } from './apiProblem';
import type { SimulatedModel } from './models';

interface Supported {
  readonly supported: boolean;
}

function support(supported: boolean): Supported {
  return { supported };
}

/** One model in the shape of `GET /v1/models/{id}` (SDK `resources/models.ts`, `ModelInfo`). */
export function modelResource(model: SimulatedModel): Record<string, unknown> {
  const { adaptive, betweenTools, disabled, enabled } = model.thinking;
  const effort = (level: SimulatedModel['efforts'][number]): Supported =>
    support(model.efforts.includes(level));
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt,
    lifecycle: model.lifecycle,
    deprecated_at: model.deprecatedAt,
    retires_at: model.retiresAt,
    line: null,
    max_input_tokens: model.contextWindow,
    max_tokens: model.maxOutputTokens,
    capabilities: {
      batch: support(false),
      citations: support(false),
      code_execution: support(false),
      context_management: {
        supported: false,
        clear_thinking_20251015: null,
        clear_tool_uses_20250919: null,
        compact_20260112: null,
      },
      effort: {
        supported: model.efforts.length > 0,
        low: effort('low'),
        medium: effort('medium'),
        high: effort('high'),
        xhigh: effort('xhigh'),
        max: effort('max'),
      },
      image_input: support(true),
      pdf_input: support(true),
      server_tools: {
        supported: false,
        code_execution: support(false),
        web_search: support(false),
      },
      structured_outputs: support(true),
      thinking: {
        supported: adaptive || enabled,
        types: {
          adaptive: support(adaptive),
          between_tools: support(betweenTools),
          disabled: support(disabled),
          enabled: support(enabled),
        },
      },
    },
  };
}

function pageLimit(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return 20;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw invalid(`limit: Input should be between 1 and 1000, got ${text}`);
}

/** A page of `GET /v1/models`: `limit`, `after_id`, `before_id`, `lifecycle` as the API has them. */
export function modelPage(
  models: readonly SimulatedModel[],
  query: URLSearchParams,
): Record<string, unknown> {
  const limit = pageLimit(query);
  const wanted = [...query.getAll('lifecycle'), ...query.getAll('lifecycle[]')];
  const all = models.filter((model) => wanted.length === 0 || wanted.includes(model.lifecycle));
  const afterId = query.get('after_id');
  const beforeId = query.get('before_id');
  let start = 0;
  let end = all.length;
  if (afterId !== null) start = all.findIndex((model) => model.id === afterId) + 1;
  if (beforeId !== null) {
    const before = all.findIndex((model) => model.id === beforeId);
    if (before >= 0) end = before;
    start = Math.max(start, end - limit);
  }
  const page = all.slice(start, Math.min(end, start + limit));
  return {
    data: page.map((model) => modelResource(model)),
    has_more: beforeId === null ? start + page.length < all.length : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

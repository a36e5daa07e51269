/**
 * The models that share rate limits and fail together: Anthropic pools limits by tier and major version ("Sonnet 4.x"). Clouds and
 * gateways write the same names with prefixes; a name of another maker is a family of its own.
 * @returns `sonnet-5` for `claude-sonnet-5-5`, `us.anthropic.claude-sonnet-5-5-v1:0`, ...
 */
export function modelFamily(model: string): string {
  const match = /(?:^|[/.@])claude-(?:(\d)(?:[-.]\d+)?-)?([a-z]+)(?:-(\d{1,2})(?!\d))?/.exec(model);
  if (!match) return model;
  const [, before, tier = '', after] = match;
  const major = before ?? after;
  return major === undefined ? tier : `${tier}-${major}`;
}

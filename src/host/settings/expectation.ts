import { engineSettingsSchema } from '../../engine/settings';

/** What a setting may be; `undefined` for one that has no simple range. */
export type Expectation =
  | { readonly kind: 'number'; readonly whole: boolean; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'boolean' }
  | undefined;

/** Reads the range of an engine's setting ("retry.factor") from its schema, so that it stands in one place. */
export function expectationOf(key: string): Expectation {
  let schema: unknown = engineSettingsSchema;
  for (const name of key.split('.')) schema = member(member(bare(schema), 'entries'), name);
  const inner = bare(schema);
  const type = member(inner, 'type');
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'picklist') return { kind: 'choice', options: list(inner, 'options').map(String) };
  return type === 'number' ? numberRange(list(inner, 'pipe')) : undefined;
}

function numberRange(pipe: readonly unknown[]): Expectation {
  const find = (type: string) => pipe.find((item) => member(item, 'type') === type);
  const min = member(find('min_value'), 'requirement');
  const max = member(find('max_value'), 'requirement');
  if (typeof min !== 'number' || typeof max !== 'number') return undefined;
  return { kind: 'number', whole: find('integer') !== undefined, min, max };
}

/** Without the `optional` around it. */
function bare(schema: unknown): unknown {
  return member(schema, 'wrapped') ?? schema;
}

function list(object: unknown, name: string): readonly unknown[] {
  const value = member(object, name);
  return Array.isArray(value) ? value : [];
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? Reflect.get(object, name)
    : undefined;
}

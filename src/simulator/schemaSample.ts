import { isRecord, listOf, stringOf } from './json';
import type { JsonRecord } from './json';

const MAX_DEPTH = 6;

/**
 * A value that fits a JSON schema as tools and structured outputs use it (type, enum, const, properties, items, anyOf).
 * Text fields get `text`.
 */
export function sampleOf(schema: unknown, text: string, depth = 0): unknown {
  if (!isRecord(schema) || depth > MAX_DEPTH) return null;
  if (schema['const'] !== undefined) return schema['const'];
  const [firstOfEnum] = listOf(schema['enum']);
  if (firstOfEnum !== undefined) return firstOfEnum;
  const [firstVariant] = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (firstVariant !== undefined) return sampleOf(firstVariant, text, depth + 1);
  switch (typeOf(schema)) {
    case 'string':
      return text;
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 42;
    case 'boolean':
      return true;
    case 'array':
      return [sampleOf(schema['items'], text, depth + 1)];
    case 'object':
      return sampleObject(schema, text, depth);
    default:
      return null;
  }
}

/** `"string"`, or the first that is not null of `["null", "string"]`. */
function typeOf(schema: JsonRecord): string {
  const { type } = schema;
  if (Array.isArray(type)) return stringOf(listOf(type).find((item) => item !== 'null'));
  if (type === undefined && isRecord(schema['properties'])) return 'object';
  return stringOf(type);
}

function sampleObject(schema: JsonRecord, text: string, depth: number): JsonRecord {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, sampleOf(value, text, depth + 1)]),
  );
}

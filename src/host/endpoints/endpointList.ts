import type { Endpoint } from '../../engine/types';
import {
  apiVersionField,
  authStyleField,
  baseUrlField,
  groupField,
  headersField,
  isRecord,
  modelNamesField,
  nameField,
  weightField,
} from './endpointFields';
import type { Field } from './endpointFields';
import { endpointId, NOWHERE } from './endpointSettings';

/** The members of an entry. */
export const ENTRY_MEMBERS: readonly string[] = [
  'name',
  'baseUrl',
  'authStyle',
  'apiVersion',
  'headers',
  'group',
  'weight',
  'models',
];

export interface EndpointList {
  /** Header values as written, references to secrets not yet resolved. No two have the same id, nor that of the first endpoint. */
  readonly endpoints: readonly Endpoint[];
  /** Lines "pulse.endpoints[0].weight: expected ...; this endpoint gets nothing". */
  readonly problems: readonly string[];
}

const CONSEQUENCE = 'this endpoint gets nothing';

/** Reads the endpoints beside the first one. An entry with a fault anywhere is left out, since half of what was meant may be wrong. */
export function parseEndpointList(value: unknown, primary: Endpoint): EndpointList {
  if (value === undefined) return { endpoints: [], problems: [] };
  if (!Array.isArray(value)) {
    return { endpoints: [], problems: ['pulse.endpoints: expected a list; it is not used'] };
  }
  const entries: readonly unknown[] = value;
  const taken = new Map([[primary.id, 'pulse.baseUrl']]);
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const where = `pulse.endpoints[${index}]`;
    const { endpoint, faults } = parseEntry(entry);
    const twin = taken.get(endpoint.id);
    if (faults.length === 0 && twin !== undefined) {
      faults.push(`: the same address as ${twin} wants a name of its own`);
    }
    problems.push(...faults.map((fault) => `${where}${fault}; ${CONSEQUENCE}`));
    if (faults.length > 0) continue;
    taken.set(endpoint.id, where);
    endpoints.push(endpoint);
  }
  return { endpoints, problems };
}

/** `faults`: what comes after the entry's name in a line; with any, the endpoint is of no use. */
function parseEntry(value: unknown): { readonly endpoint: Endpoint; readonly faults: string[] } {
  const entry = isRecord(value) ? value : {};
  const faults = isRecord(value) ? unknownMembers(value) : [': expected an object'];
  const take = <T>(member: string, field: Field<T>, fallback: T): T => {
    if (field.ok) return field.value;
    faults.push(`.${member}: expected ${field.expected}`);
    return fallback;
  };
  const baseURL = take('baseUrl', baseUrlField(entry['baseUrl']), NOWHERE);
  const name =
    entry['name'] === undefined ? undefined : take('name', nameField(entry['name']), undefined);
  const { headers, refused } = take('headers', headersField(entry['headers']), {
    headers: {},
    refused: [],
  });
  for (const header of refused) faults.push(`.headers: "${header}" is no valid header`);
  const endpoint: Endpoint = {
    id: endpointId(baseURL, name),
    baseURL,
    authStyle: take('authStyle', authStyleField(entry['authStyle']), 'bearer'),
    apiVersion: take('apiVersion', apiVersionField(entry['apiVersion']), ''),
    headers,
    group: take('group', groupField(entry['group']), ''),
    weight: take('weight', weightField(entry['weight']), 1),
    models: take('models', modelNamesField(entry['models']), {}),
  };
  return { endpoint, faults };
}

function unknownMembers(entry: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(entry)
    .filter((member) => !ENTRY_MEMBERS.includes(member))
    .map((member) => `: there is no member "${member}"`);
}

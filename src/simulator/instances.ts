import { isRecord, listOf } from './json';
import { checkedOptions } from './options';
import type { SimulatorOptions } from './options';
import { expected, OptionsError } from './optionsError';

export const MOST_INSTANCES = 20;

/**
 * The options of several simulators from those that all of them share: `count` of them, or one for each object of `config`, whose
 * options win. They are named 1, 2, ... unless they have names, and take consecutive ports from the shared one on.
 * @throws OptionsError, SpecError
 */
export function instanceOptions(
  shared: SimulatorOptions,
  count: number,
  config: unknown,
): SimulatorOptions[] {
  const own = config === undefined ? Array.from({ length: count }, () => ({})) : config;
  if (!Array.isArray(own) || own.length === 0 || own.length > MOST_INSTANCES) {
    throw expected('config', `a list of 1 to ${MOST_INSTANCES} objects with options`, config);
  }
  const all = listOf(own).map((options, index) => {
    if (!isRecord(options)) throw expected(`config ${index + 1}`, 'an object', options);
    const name = own.length === 1 ? {} : { name: String(index + 1) };
    const port = shared.port ? { port: shared.port + index } : {};
    return checkedFor(index, { ...shared, ...name, ...port, ...options });
  });
  refuseTwice(
    'name',
    all.map(({ name }) => name),
  );
  refuseTwice(
    'port',
    all.map(({ port }) => port),
  );
  return all;
}

/** Says which instance's options are wrong. */
function checkedFor(index: number, options: unknown): SimulatorOptions {
  try {
    return checkedOptions(options);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    throw new OptionsError(`instance ${index + 1}: ${error.message}`);
  }
}

function refuseTwice(key: string, values: readonly (string | number | undefined)[]): void {
  const given = values.filter((value) => value !== undefined && value !== 0);
  const twice = given.find((value, index) => given.indexOf(value) !== index);
  if (twice !== undefined) throw expected(key, 'another for each instance', twice);
}

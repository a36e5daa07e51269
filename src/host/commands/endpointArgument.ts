import { MetricElement } from '../metricsView/treeDiff';

/** The endpoint that a command is about: its id, or the line of the metrics tree that shows it; `undefined` when it is about none. */
export function endpointIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  return argument instanceof MetricElement ? argument.node.endpointId : undefined;
}

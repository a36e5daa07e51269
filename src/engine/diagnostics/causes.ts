import { CAUSE_KINDS } from './cause';
import type { Cause, Facts } from './cause';
import { machineCauses } from './machineCauses';
import { networkCauses } from './networkCauses';
import { trafficCauses } from './trafficCauses';

/** What is likely wrong, likeliest first; empty when nothing was found. */
export function findCauses(facts: Facts): readonly Cause[] {
  return [
    ...networkCauses(facts.network),
    ...trafficCauses(facts),
    ...machineCauses(facts.local, facts.memory),
  ].sort((a, b) => CAUSE_KINDS.indexOf(a.kind) - CAUSE_KINDS.indexOf(b.kind));
}

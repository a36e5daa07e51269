import { BoundedMap } from '../../base/boundedMap';
import type { Random } from '../random';
import type { Fault } from './fault';
import { parseFaults } from './faultSpec';
import type { ScriptPlayer } from './scriptPlayer';

export interface FaultRate {
  /** Probability for each request, 0-1. */
  readonly rate: number;
  readonly fault: string;
}

/** One request, as far as faults are concerned. */
export interface FaultSubject {
  readonly endpoint: 'messages' | 'other';
  /** The same for every attempt of the same question. */
  readonly conversation: string;
  /** Faults that the request itself asks for, by header and by keyword. */
  readonly asked: readonly Fault[];
  readonly random: Random;
}

/**
 * Decides which faults a request meets: those it asks for, those scripted next, those set for all, those that the script
 * has at this moment, those by rate.
 */
export class FaultBook {
  readonly #rates: readonly { readonly rate: number; readonly faults: readonly Fault[] }[];
  readonly #applied = new BoundedMap<string, number>(10_000);
  readonly #next: (readonly Fault[])[] = [];
  #always: readonly Fault[] = [];

  readonly script: ScriptPlayer | undefined;

  /** @throws SpecError */
  constructor(rates: readonly FaultRate[], script?: ScriptPlayer) {
    this.script = script;

    this.#rates = rates.map(({ rate, fault }) => ({ rate, faults: parseFaults(fault) }));
  }

  /** Every request meets these until they are set again. @throws SpecError */
  setAlways(spec: string | undefined): void {
    this.#always = spec === undefined ? [] : parseFaults(spec);
  }

  /** The next requests to /v1/messages meet these, one entry each; `undefined` lets one through. @throws SpecError */
  addNext(specs: readonly (string | undefined)[]): void {
    this.#next.push(...specs.map((spec) => (spec === undefined ? [] : parseFaults(spec))));
  }

  choose(subject: FaultSubject): Fault[] {
    const scripted = subject.endpoint === 'messages' ? (this.#next.shift() ?? []) : [];
    const { random } = subject;
    const played = this.script?.faults(random) ?? [];
    const general = [...this.#always, ...played, ...this.#byRate(random)];
    const applicable =
      subject.endpoint === 'messages' ? general : general.filter(({ scope }) => scope === 'all');
    return [...subject.asked, ...scripted, ...applicable].filter((fault) =>
      this.#count(subject.conversation, fault),
    );
  }

  #byRate(random: Random): Fault[] {
    return this.#rates.flatMap(({ rate, faults }) => (random.chance(rate) ? faults : []));
  }

  /** Whether this fault's turn has not passed yet. The request that gets through starts the count again. */
  #count(conversation: string, fault: Fault): boolean {
    if (fault.times === Infinity) return true;
    const key = `${conversation} ${fault.text}`;
    const applied = this.#applied.get(key) ?? 0;
    if (applied >= fault.times) {
      this.#applied.delete(key);
      return false;
    }
    this.#applied.set(key, applied + 1);
    return true;
  }
}

import type { Clock } from '../../../base/clock';
import type { EngineSettings } from '../../settings';
import { OutlierRecord } from './outlierRecord';
import { PeakEwma } from './peakEwma';

type BalancingSettings = EngineSettings['balancing'];

/** What is known of one endpoint, in whatever group it is. */
export class GroupMember {
  readonly id: string;
  readonly latency = new PeakEwma();
  readonly record: OutlierRecord;
  /** `undefined` when it was taken out of the settings and has only requests to end. */
  group: EndpointGroup | undefined;
  weight = 1;
  running = 0;

  constructor(id: string, clock: Clock) {
    this.id = id;
    this.record = new OutlierRecord(clock);
  }
}

/** The endpoints that may get the same content. Knows how many of them may be left out at once: never all. */
export class EndpointGroup {
  readonly name: string;
  readonly #members: GroupMember[] = [];
  #weights = 0;
  #ejected = 0;

  constructor(name: string) {
    this.name = name;
  }

  get members(): readonly GroupMember[] {
    return this.#members;
  }

  get meanWeight(): number {
    return this.#weights / this.#members.length;
  }

  /** Whether any member is left out, or would be but for its time that is over. */
  get hasEjected(): boolean {
    return this.#ejected > 0;
  }

  add(member: GroupMember, weight: number): void {
    this.#members.push(member);
    this.#weights += weight;
    if (member.record.ejectedUntil !== undefined) this.#ejected += 1;
    member.group = this;
    member.weight = weight;
  }

  /** Leaves the member out when its record and the limit say so. @returns whether it is left out from now on */
  ejectOutlier({ record }: GroupMember, settings: BalancingSettings): boolean {
    if (record.ejectedUntil !== undefined || this.#ejected >= this.#mostEjected(settings)) {
      return false;
    }
    if (!record.isOutlier(this.#members)) return false;
    record.eject(settings);
    this.#ejected += 1;
    return true;
  }

  /**
   * Takes back those whose time is over and, where the limit or the group has become smaller, those with the least time left.
   * @returns whether any came back
   */
  readmit(now: number, settings: BalancingSettings): boolean {
    const most = this.#mostEjected(settings);
    const before = this.#ejected;
    for (;;) {
      const next = this.#nextBack();
      if (next?.ejectedUntil === undefined) break;
      if (next.ejectedUntil > now && this.#ejected <= most) break;
      next.readmit();
      this.#ejected -= 1;
    }
    return this.#ejected < before;
  }

  /** When the next one comes back, monotonic ms; infinite when none is left out. */
  get nextComeback(): number {
    return this.#nextBack()?.ejectedUntil ?? Infinity;
  }

  #mostEjected({ maxEjectedShare }: BalancingSettings): number {
    return Math.min(Math.floor(this.#members.length * maxEjectedShare), this.#members.length - 1);
  }

  #nextBack(): OutlierRecord | undefined {
    let next: OutlierRecord | undefined;
    let earliest = Infinity;
    for (const { record } of this.#members) {
      if (record.ejectedUntil === undefined || record.ejectedUntil >= earliest) continue;
      earliest = record.ejectedUntil;
      next = record;
    }
    return next;
  }
}

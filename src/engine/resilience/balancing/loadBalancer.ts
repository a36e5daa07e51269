import { assertNever } from '../../../base/assertNever';
import type { Clock } from '../../../base/clock';
import { Disposable, toDisposable, type DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import type { EngineSettings } from '../../settings';
import type { Endpoint } from '../../types';
import { ConversationHomes } from './conversationHomes';
import { EndpointGroup, GroupMember } from './endpointGroup';
import { LONGEST_PROBE_GAP_MS } from './healthMonitor';

const DEFAULT_GROUP = 'default';
const DEFAULT_WEIGHT = 1;

export interface LoadBalancerOptions {
  readonly settings: () => EngineSettings['balancing'];
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

export interface PickQuery {
  readonly group: string;
  readonly conversationId: string | undefined;
  readonly exclude: ReadonlySet<string> | undefined;
  /** Whether the endpoint can take this request now: breaker not open, and so on. */
  readonly isUsable: (endpointId: string) => boolean;
}

/** `ignored`: says nothing about the endpoint (stopped by the user, a 4xx, no network). */
export type CallOutcome =
  | { readonly kind: 'ok'; readonly firstTokenMs: number | undefined }
  | { readonly kind: 'failure' }
  | { readonly kind: 'ignored' };

/** Times are ms; `undefined` where nothing is known, or where it is not ejected. */
export interface BalanceState {
  readonly firstTokenMs: number | undefined;
  readonly ejectedForMs: number | undefined;
  readonly running: number;
}

const UNKNOWN: BalanceState = { firstTokenMs: undefined, ejectedForMs: undefined, running: 0 };

/**
 * Which endpoint of a group gets the next request.
 * - Of two random picks (each by weight, so that both may be the same one) the one with less load gets it. Load is time to first
 *   token, smoothed by `PeakEwma`, times the requests that would then run, counted in shares: `1 + running x meanWeight / weight`.
 *   So idle endpoints of equal speed are used by weight, busy ones level out at their weights, and a slow one still gets a few requests,
 *   which tell when it is fast again. One that has not answered yet counts as fast as the fastest.
 *   Sources: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing"; Finagle's P2C with peak EWMA.
 * - A conversation stays where its prompt cache is.
 * - Endpoints that fail far more than their group are left out for a while: see `OutlierRecord`.
 */
export class LoadBalancer extends Disposable {
  readonly #settings: () => EngineSettings['balancing'];
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #members = new Map<string, GroupMember>();
  readonly #groups = new Map<string, EndpointGroup>();
  readonly #homes = new ConversationHomes();
  readonly #changed = this._register(new Emitter<void>());
  #comeback: DisposableLike | undefined;

  /** An endpoint was left out, may come back, or the set of endpoints is another one. Running requests and latencies are not told. */
  readonly onChange = this.#changed.event;

  constructor(options: LoadBalancerOptions) {
    super();
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#random = options.random;
    this._register(toDisposable(() => this.#comeback?.dispose()));
  }

  /** What is known of an endpoint that stays is kept. @throws RangeError for a weight that is not above 0; nothing has changed then */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    for (const { id, weight = DEFAULT_WEIGHT } of endpoints) {
      if (!(weight > 0 && Number.isFinite(weight))) {
        throw new RangeError(`endpoint ${id}: expected a weight above 0, got ${weight}`);
      }
    }
    this.#groups.clear();
    for (const member of this.#members.values()) member.group = undefined;
    for (const endpoint of endpoints) this.#join(endpoint);
    for (const [id, member] of this.#members) {
      if (member.group === undefined && member.running === 0) this.#members.delete(id);
    }
    this.#readmitAll();
    this.#planComeback();
    this.#changed.fire();
  }

  groupOf(endpointId: string): string | undefined {
    return this.#members.get(endpointId)?.group?.name;
  }

  /**
   * The endpoint for the next request; `undefined` when the group has none but excluded ones. Ejected ones are picked only when no
   * other is left, unusable ones only when there is not even an ejected one. A conversation moves with its request, so a hedge
   * beside it names none.
   */
  pick(query: PickQuery): string | undefined {
    const group = this.#groups.get(query.group);
    if (!group) return undefined;
    if (group.members.length === 1) {
      const only = group.members[0]?.id;
      return only === undefined || query.exclude?.has(only) ? undefined : only;
    }
    this.#refresh(group);
    const { conversationId } = query;
    if (conversationId === undefined) return this.#choose(candidates(group, query))?.id;
    const now = this.#clock.now();
    const home = this.#homes.get(conversationId, now);
    const chosen = this.#stay(home, group, query) ?? this.#move(home, group, query);
    if (chosen) this.#homes.use(conversationId, chosen.id, now);
    return chosen?.id;
  }

  /** A request is on its way there; each is followed by one `ended`. */
  started(endpointId: string): void {
    const member = this.#members.get(endpointId);
    if (member) member.running += 1;
  }

  /** `firstTokenMs` from sending to first thinking or text. */
  ended(endpointId: string, outcome: CallOutcome): void {
    const member = this.#members.get(endpointId);
    if (!member) return;
    member.running = Math.max(0, member.running - 1);
    const { group } = member;
    if (!group) {
      if (member.running === 0) this.#members.delete(endpointId);
      return;
    }
    switch (outcome.kind) {
      case 'ok':
        if (outcome.firstTokenMs !== undefined) {
          member.latency.observe(outcome.firstTokenMs, this.#clock.now());
        }
        if (group.members.length > 1) member.record.succeeded();
        break;
      case 'failure':
        if (group.members.length > 1) this.#failed(member, group);
        break;
      case 'ignored':
        break;
      default:
        assertNever(outcome);
    }
  }

  /**
   * What a health probe of an ejected endpoint says: a good one halves the time that is left, after a bad one it stays out at least
   * until the next probe, also past the longest ejection of the settings. A good probe proves only that the server answers, not that
   * it answers questions, hence not an end at once.
   */
  probed(endpointId: string, ok: boolean): void {
    const member = this.#members.get(endpointId);
    if (!member?.group) return;
    this.#refresh(member.group);
    const until = member.record.ejectedUntil;
    if (until === undefined) return;
    const now = this.#clock.now();
    member.record.ejectUntil(
      ok ? now + (until - now) / 2 : Math.max(until, now + LONGEST_PROBE_GAP_MS),
    );
    this.#planComeback();
    this.#changed.fire();
  }

  state(endpointId: string): BalanceState {
    const member = this.#members.get(endpointId);
    if (!member) return UNKNOWN;
    if (member.group) this.#refresh(member.group);
    const until = member.group && member.record.ejectedUntil;
    return {
      firstTokenMs: member.latency.value,
      ejectedForMs: until === undefined ? undefined : until - this.#clock.now(),
      running: member.running,
    };
  }

  #join({ id, group: name = DEFAULT_GROUP, weight = DEFAULT_WEIGHT }: Endpoint): void {
    const member = this.#members.get(id) ?? new GroupMember(id, this.#clock);
    // Named twice: the first one counts.
    if (member.group) return;
    const group = this.#groups.get(name) ?? new EndpointGroup(name);
    group.add(member, weight);
    this.#groups.set(name, group);
    this.#members.set(id, member);
  }

  /** The conversation's endpoint while nothing speaks against it. */
  #stay(home: string | undefined, group: EndpointGroup, query: PickQuery): GroupMember | undefined {
    if (home === undefined || query.exclude?.has(home)) return undefined;
    const member = this.#members.get(home);
    if (member?.group !== group || unfitness(member, query) > 0) return undefined;
    return member;
  }

  #move(home: string | undefined, group: EndpointGroup, query: PickQuery): GroupMember | undefined {
    const left = candidates(group, query);
    // Where all are unwell it may as well stay.
    return left.find((member) => member.id === home) ?? this.#choose(left);
  }

  #choose(members: readonly GroupMember[]): GroupMember | undefined {
    if (members.length <= 1) return members[0];
    const first = this.#draw(members);
    const second = this.#draw(members);
    if (first === second || !first || !second) return first;
    const fastest = fastestOf(members);
    return load(second, fastest) < load(first, fastest) ? second : first;
  }

  /** One by weight. */
  #draw(members: readonly GroupMember[]): GroupMember | undefined {
    let total = 0;
    for (const { weight } of members) total += weight;
    let point = this.#random() * total;
    for (const member of members) {
      point -= member.weight;
      if (point < 0) return member;
    }
    return members.at(-1);
  }

  #failed(member: GroupMember, group: EndpointGroup): void {
    member.record.failed();
    this.#refresh(group);
    if (!group.ejectOutlier(member, this.#settings())) return;
    this.#planComeback();
    this.#changed.fire();
  }

  /** Takes back whose time is over, also where the timer is late, and follows a changed limit. */
  #refresh(group: EndpointGroup): void {
    if (!group.hasEjected || !group.readmit(this.#clock.now(), this.#settings())) return;
    this.#planComeback();
    this.#changed.fire();
  }

  #planComeback(): void {
    this.#comeback?.dispose();
    this.#comeback = undefined;
    let earliest = Infinity;
    for (const { nextComeback } of this.#groups.values()) {
      earliest = Math.min(earliest, nextComeback);
    }
    if (earliest === Infinity || this.isDisposed) return;
    this.#comeback = this.#clock.setTimeout(
      () => {
        this.#readmitAll();
        this.#planComeback();
        this.#changed.fire();
      },
      Math.max(0, earliest - this.#clock.now()),
    );
  }

  #readmitAll(): void {
    const settings = this.#settings();
    for (const group of this.#groups.values()) group.readmit(this.#clock.now(), settings);
  }
}

/** Those of the group that are fit, else those that are next to it. */
function candidates(group: EndpointGroup, query: PickQuery): readonly GroupMember[] {
  let best: GroupMember[] = [];
  let least = Infinity;
  for (const member of group.members) {
    if (query.exclude?.has(member.id)) continue;
    const unfit = unfitness(member, query);
    if (unfit < least) {
      least = unfit;
      best = [member];
    } else if (unfit === least) {
      best.push(member);
    }
  }
  return best;
}

/** 0: fit; an ejected one is the next best, since it may well answer; one that can't take the request comes last. */
function unfitness(member: GroupMember, query: PickQuery): number {
  if (!query.isUsable(member.id)) return 2;
  return member.record.ejectedUntil === undefined ? 0 : 1;
}

/** ms; 1 where nothing is known of any. */
function fastestOf(members: readonly GroupMember[]): number {
  let fastest = Infinity;
  for (const { latency } of members) fastest = Math.min(fastest, latency.value ?? Infinity);
  return fastest === Infinity ? 1 : fastest;
}

function load({ running, weight, group, latency }: GroupMember, fastest: number): number {
  const share = (running * (group?.meanWeight ?? weight)) / weight;
  return (1 + share) * (latency.value ?? fastest);
}

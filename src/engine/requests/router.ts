import { EngineError } from '../errors';
import { modelFamily } from '../models/family';
import type { BaseModel } from '../models/baseModel';
import type { CircuitBreaker } from '../resilience/circuitBreaker';
import type { Lane } from '../resilience/lanes';
import type { ChatRequest } from '../types';
import { nextModels } from './fallback';
import type { TurnServices } from './turnServices';

/** One endpoint and one model there. */
export interface Route {
  readonly endpointId: string;
  readonly model: BaseModel;
  readonly lane: Lane;
  readonly breaker: CircuitBreaker;
}

/** Where a turn's requests go: which endpoint of the group that may have its content, and which model. */
export class Router {
  readonly #request: ChatRequest;
  readonly #services: TurnServices;
  readonly #isPatient: boolean;
  readonly #group: string;
  /** Models that were asked, the present one last. */
  readonly #models: string[];
  /** Endpoints that failed in this round: others come first. */
  #failed: Set<string> | undefined;

  /** `isPatient`: whether the turn may be the one that tries an endpoint that was down. */
  constructor(request: ChatRequest, services: TurnServices, isPatient: boolean) {
    this.#request = request;
    this.#services = services;
    this.#isPatient = isPatient;
    this.#group = request.group ?? services.primaryGroup;
    this.#models = [request.model];
  }

  /** The best route now, open or not. Where all others are down, one that failed in this round is better than none. */
  pick(): Route {
    const { conversationId } = this.#request;
    const route = this.#pick(conversationId);
    if (!this.#failed || this.isOpen(route)) return route;
    const failed = this.#failed;
    this.#failed = undefined;
    const again = this.#pick(conversationId);
    if (this.isOpen(again)) return again;
    this.#failed = failed;
    return route;
  }

  #pick(conversationId: string | undefined): Route {
    const { balancer, lanes, breakers } = this.#services;
    const name = this.#models.at(-1) ?? this.#request.model;
    const family = modelFamily(name);
    const members = this.#members();
    const picked = balancer.pick({
      group: this.#group,
      conversationId,
      exclude: this.#failed,
      isUsable: (id) => this.#admits(breakers.get(id, family)),
    });
    const endpointId = picked !== undefined && members.includes(picked) ? picked : this.#only();
    return {
      endpointId,
      model: this.#services.model(name, endpointId),
      lane: lanes.get(endpointId),
      breaker: breakers.get(endpointId, family),
    };
  }

  /**
   * Where the request goes when all of its group were excluded, or the settings name others since it began: never to an endpoint that
   * may not get its content. Where none is left it is one that is gone, which whoever makes its model says.
   * @throws EngineError `invalid_input` for a group without endpoints, or without the one that is meant
   */
  #only(): string {
    const members = this.#members();
    const left = members.filter((id) => this.#isThere(id));
    const [first = members[0]] = left;
    const next = left.find((id) => !this.#failed?.has(id)) ?? first;
    if (next !== undefined) return next;
    const { group, endpointId } = this.#request;
    if (endpointId !== undefined) {
      throw new EngineError(
        'invalid_input',
        `endpointId: expected an endpoint of the group ${JSON.stringify(this.#group.slice(0, 80))}, got ${JSON.stringify(endpointId.slice(0, 80))}.`,
      );
    }
    if (group === undefined) return this.#services.primaryId;
    throw new EngineError(
      'invalid_input',
      `group: expected the name of a group that has an endpoint, got ${JSON.stringify(this.#group.slice(0, 80))}.`,
    );
  }

  /** The endpoints that may get the request. */
  #members(): readonly string[] {
    const { endpointId } = this.#request;
    const members = this.#services.endpointsOf(this.#group);
    return endpointId === undefined ? members : members.filter((id) => id === endpointId);
  }

  /** Whether the route's breaker would let a request of this turn through. */
  isOpen({ breaker }: Route): boolean {
    return this.#admits(breaker);
  }

  /** Whether the settings still name the endpoint. */
  #isThere(endpointId: string): boolean {
    return this.#services.balancer.groupOf(endpointId) === this.#group;
  }

  /** The breakers of every endpoint that could take the present model's requests. */
  breakers(): readonly CircuitBreaker[] {
    const family = modelFamily(this.#models.at(-1) ?? this.#request.model);
    return this.#members()
      .filter((endpointId) => this.#isThere(endpointId))
      .map((endpointId) => this.#services.breakers.get(endpointId, family));
  }

  /** All endpoints may be asked again. */
  startRound(): void {
    this.#failed = undefined;
  }

  /** Another endpoint that can be asked at once after this one failed; it is left out for the rest of the round. */
  elsewhere(endpointId: string): Route | undefined {
    if (this.#members().length < 2) return undefined;
    this.#failed ??= new Set();
    this.#failed.add(endpointId);
    const next = this.#pick(this.#request.conversationId);
    return !this.#failed.has(next.endpointId) && this.isOpen(next) ? next : undefined;
  }

  /** Where a second request beside the one at `endpointId` goes: elsewhere where that is possible, else the same place. */
  beside(endpointId: string): Route {
    const before = this.#failed;
    this.#failed = new Set([...(before ?? []), endpointId]);
    // The conversation stays where it is: a hedge is no move.
    const route = this.#pick(undefined);
    this.#failed = before;
    return route;
  }

  /** Goes over to the next model of the setting that can be asked at once and whose endpoint has budget for it. */
  fallBack(): Route | undefined {
    const { models } = this.#services.settings.fallback;
    const present = this.#models.length;
    for (const name of nextModels(this.#request, models, this.#models)) {
      this.#models.push(name);
      const failed = this.#failed;
      this.#failed = undefined;
      const route = this.pick();
      if (this.isOpen(route) && route.lane.budget.tryTake()) return route;
      this.#failed = failed;
      this.#models.length = present;
    }
    return undefined;
  }

  #admits(breaker: CircuitBreaker): boolean {
    if (breaker.state === 'closed') return true;
    if (breaker.state === 'open' && !this.#isPatient) return false;
    return breaker.nextAttemptMs <= 0;
  }
}

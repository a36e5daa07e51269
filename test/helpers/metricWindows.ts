import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { MetricsHistory } from '../../src/engine/metrics/metricsHistory';
import type { CallOf, StoreOp, StoreResult } from '../../src/store/messages';
import { parseCall, parseResult } from '../../src/store/messages';
import { MetricsCalls } from '../../src/store/metricsCalls';
import { loadSqlite } from '../../src/store/sqliteModule';
import { StoreService } from '../../src/store/storeService';
import { FakeClock } from './fakeClock';

export const sqlite = loadSqlite();

/** For each test an empty folder, a clock that stands at a whole hour, and windows without threads. */
export class MetricWindows {
  clock = new FakeClock();
  #folder = '';
  #services: StoreService[] = [];

  get file(): string {
    return path.join(this.#folder, 'history.db');
  }

  /** The metrics of a window. */
  openWindow(owner: string, module = sqlite): MetricsHistory {
    const service = this.openService(owner, module);
    return new MetricsCalls((call) => carryOut(service, call));
  }

  openService(owner: string, module = sqlite): StoreService {
    const { file, clock } = this;
    const onRecovered = (): void => undefined;
    const options = { file, owner, busyTimeoutMs: 50, sqlite: module, clock, onRecovered };
    const service = new StoreService(options);
    this.#services.push(service);
    return service;
  }

  /** All rows of a table. */
  rows(table: string): Record<string, unknown>[] {
    const database = new sqlite.DatabaseSync(this.file);
    try {
      return database.prepare(`SELECT * FROM ${table}`).all();
    } finally {
      database.close();
    }
  }

  begin(): void {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'pulse-metrics-'));
    this.clock = new FakeClock();
  }

  end(): void {
    for (const service of this.#services.splice(0)) service.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
    expect(this.clock.pending).toBe(0);
  }
}

/** Carries a call out as if it had crossed to the thread and back. */
export async function carryOut<Op extends StoreOp>(
  service: StoreService,
  call: CallOf<Op>,
): Promise<StoreResult<Op>> {
  const op: Op = call.op;
  return parseResult(op, service.handle(parseCall(structuredClone(call))));
}

/** Call once at the top of a test file. */
export function useMetricWindows(): MetricWindows {
  const windows = new MetricWindows();
  beforeEach(() => windows.begin());
  afterEach(() => windows.end());
  return windows;
}

import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { ExportGauges } from '../../engine/metrics/export/exportGauges';
import type { OtlpExporter, OtlpStatus } from '../../engine/metrics/export/otlpExporter';
import type { PrometheusState } from '../../engine/metrics/export/prometheusServer';
import type { MeasuredRequest } from '../../engine/metrics/metricsHistory';
import { resolveHeaders } from '../endpoints/headerSecrets';
import type { Log } from '../logging/log';
import type { CollectorSettings, ExportSettings } from './exportSettings';
import type { PrometheusExport } from './prometheusExport';

export interface MetricsExportsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Of Pulse. */
  readonly version: string;
  readonly gauges: ExportGauges;
  /** Read anew each time. */
  readonly settings: () => ExportSettings;
  readonly onSettingsChange: Event<void>;
  /** Whether the user lets the editor send telemetry. */
  readonly isTelemetryEnabled: () => boolean;
  readonly onTelemetryChange: Event<unknown>;
  /** Rejects when it can't be had. `owner`: what the secret was set for. */
  readonly secret: (owner: string, name: string) => Promise<string | undefined>;
  readonly fetch: typeof globalThis.fetch;
  readonly onFault: (error: unknown) => void;
}

/** Under which secrets of a collector's headers are kept: another address never gets them. */
export function collectorOwner({ endpoint }: CollectorSettings): string {
  return `otlp:${endpoint}`;
}

/** Tells metrics to a scraper on this machine and to a collector, as the settings want it. What is off is not even loaded. */
export class MetricsExports extends Disposable {
  readonly #deps: MetricsExportsDeps;
  readonly #asked = this._register(new Emitter<void>());
  #scraped: { readonly port: number; readonly to: PrometheusExport } | undefined;
  #sent: { readonly key: string; readonly to: OtlpExporter } | undefined;
  #following: Promise<void> = Promise.resolve();
  #listening: DisposableLike | undefined;
  #toldTelemetryOff = false;
  #toldError: string | undefined;

  /** A scraper has asked: it gets what `others` has told by now. */
  readonly onScrape = this.#asked.event;

  constructor(deps: MetricsExportsDeps) {
    super();
    this.#deps = deps;
    this._register(deps.onSettingsChange(() => this.follow()));
    this._register(deps.onTelemetryChange(() => this.follow()));
    this._register({ dispose: () => this.#scraped?.to.dispose() });
    this._register({ dispose: () => this.#sent?.to.dispose() });
    this._register({ dispose: () => this.#listening?.dispose() });
  }

  /** Where a scraper finds the metrics, or why it does not; `undefined` where none is wanted. */
  get prometheus(): PrometheusState | undefined {
    return this.#scraped?.to.state;
  }

  /** How sending goes; `undefined` where nothing is sent. */
  get otlp(): OtlpStatus | undefined {
    return this.#sent?.to.status;
  }

  /** Starts and stops what the settings ask for by now. */
  follow(): void {
    this.#following = this.#following.then(() => this.#apply()).catch(this.#deps.onFault);
  }

  /** A turn of this window that ended. */
  own(request: MeasuredRequest): void {
    this.#scraped?.to.add(request);
    this.#sent?.to.add(request);
  }

  /** Turns of other windows, which send theirs themselves: scrapers get all from the window that has the port. */
  others(requests: readonly MeasuredRequest[]): void {
    for (const request of requests) this.#scraped?.to.add(request);
  }

  /** Sends what is left, for a short time. Never rejects. */
  async close(): Promise<void> {
    await this.#following;
    await this.#sent?.to.close();
    this.dispose();
  }

  async #apply(): Promise<void> {
    if (this.isDisposed) return;
    const { port, collector } = this.#deps.settings();
    await this.#scrape(port);
    await this.#send(this.#mayBeSent(collector) ? collector : undefined);
  }

  async #scrape(port: number | undefined): Promise<void> {
    if (this.#scraped?.port === port) return;
    this.#scraped?.to.dispose();
    this.#scraped = undefined;
    if (port === undefined) return;
    const { PrometheusExport } = await import('./prometheusExport');
    if (this.isDisposed) return;
    const { clock, log, version, gauges } = this.#deps;
    const onScrape = (): void => this.#asked.fire();
    const to = new PrometheusExport({ port, clock, log, version, gauges, onScrape });
    this.#scraped = { port, to };
  }

  async #send(collector: CollectorSettings | undefined): Promise<void> {
    const key = collector && JSON.stringify(collector);
    if (this.#sent?.key === key) return;
    this.#listening?.dispose();
    const former = this.#sent?.to;
    this.#sent = undefined;
    // What is left of it is sent only where that is still wanted.
    if (collector) await former?.close();
    else former?.dispose();
    if (!collector || key === undefined) return;
    const [{ OtlpExporter }, { randomBytes, randomUUID }] = await Promise.all([
      import('../../engine/metrics/export/otlpExporter'),
      import('node:crypto'),
    ]);
    if (this.isDisposed) return;
    const { clock, fetch, gauges, version, secret } = this.#deps;
    const owner = collectorOwner(collector);
    const to = new OtlpExporter({
      endpoint: collector.endpoint,
      headers: () => resolveHeaders(collector.headers, (name) => secret(owner, name)),
      fetch,
      clock,
      gauges,
      source: { version, instanceId: randomUUID() },
      randomHex: (bytes) => randomBytes(bytes).toString('hex'),
      random: Math.random,
    });
    this.#listening = to.onStatusChange((status) => this.#note(status));
    this.#sent = { key, to };
  }

  #mayBeSent(collector: CollectorSettings | undefined): boolean {
    if (!collector) return false;
    if (this.#deps.isTelemetryEnabled()) {
      this.#toldTelemetryOff = false;
      return true;
    }
    if (!this.#toldTelemetryOff) {
      this.#deps.log.info('OTLP: nothing is sent while the telemetry of VS Code is off.');
    }
    this.#toldTelemetryOff = true;
    return false;
  }

  /** A collector that stays away is told of once. */
  #note({ lastError }: OtlpStatus): void {
    if (lastError?.why === this.#toldError) return;
    this.#toldError = lastError?.why;
    if (lastError) this.#deps.log.warn(`OTLP: ${lastError.why}`);
    else this.#deps.log.info('OTLP: the collector takes the metrics again.');
  }
}

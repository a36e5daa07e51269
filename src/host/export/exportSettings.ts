import { EXPORT_PORT } from '../contributions';
import { baseUrlField, headersField } from '../endpoints/endpointFields';
import { isLoopback } from '../endpoints/endpointState';
import type { Translate } from '../translate';

/** Where metrics are sent; header values may still refer to secrets. */
export interface CollectorSettings {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is exported. `undefined`: nothing. */
export interface ExportSettings {
  readonly port: number | undefined;
  readonly collector: CollectorSettings | undefined;
  /** A line for each setting that was refused. */
  readonly problems: readonly string[];
}

/** The settings as VS Code has them; nothing is trusted yet. */
export interface RawExportSettings {
  readonly prometheusEnabled: unknown;
  readonly prometheusPort: unknown;
  readonly otlpEnabled: unknown;
  readonly otlpEndpoint: unknown;
  readonly otlpHeaders: unknown;
}

/** Nothing is told to anybody where a setting is not what it should be. */
export function readExportSettings(raw: RawExportSettings, t: Translate): ExportSettings {
  const problems: string[] = [];
  return {
    port: raw.prometheusEnabled === true ? portOf(raw.prometheusPort, problems, t) : undefined,
    collector: raw.otlpEnabled === true ? collectorOf(raw, problems, t) : undefined,
    problems,
  };
}

function portOf(value: unknown, problems: string[], t: Translate): number | undefined {
  const { min, max, fallback } = EXPORT_PORT;
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  problems.push(
    t(
      'pulse.export.prometheus.port: expected a whole number from {0} to {1}; nothing listens',
      min,
      max,
    ),
  );
  return undefined;
}

function collectorOf(
  { otlpEndpoint, otlpHeaders }: RawExportSettings,
  problems: string[],
  t: Translate,
): CollectorSettings | undefined {
  const address = baseUrlField(otlpEndpoint);
  if (!address.ok || !(address.value.startsWith('https://') || isLoopback(address.value))) {
    problems.push(
      t(
        'pulse.export.otlp.endpoint: expected an https address, or an http one of this machine; nothing is sent',
      ),
    );
    return undefined;
  }
  const headers = headersField(otlpHeaders);
  // Without its headers a collector would only refuse.
  if (!headers.ok || headers.value.refused.length > 0) {
    problems.push(
      t(
        'pulse.export.otlp.headers: expected an object of names and values of headers; nothing is sent',
      ),
    );
    return undefined;
  }
  return { endpoint: address.value, headers: headers.value.headers };
}

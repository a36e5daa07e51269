import type {
  MeasuredRequest,
  RequestColumns,
  WordColumn,
} from '../../src/engine/metrics/metricsHistory';

/** Requests by column, oldest first, as the history gives them. */
export function requestColumns(requests: readonly MeasuredRequest[]): RequestColumns {
  const sorted = requests.toSorted((a, b) => a.at - b.at);
  const words = (of: (request: MeasuredRequest) => string | undefined): WordColumn => {
    const names = [...new Set(sorted.map(of).filter((name) => name !== undefined))];
    const index = (name: string | undefined) => (name === undefined ? 65_535 : names.indexOf(name));
    return { names, values: Uint16Array.from(sorted, (request) => index(of(request))) };
  };
  const floats = (of: (request: MeasuredRequest) => number | undefined): Float32Array =>
    Float32Array.from(sorted, (request) => of(request) ?? Number.NaN);
  return {
    at: Float64Array.from(sorted, ({ at }) => at),
    endpoint: words(({ endpointId }) => endpointId),
    model: words(({ model }) => model),
    action: words(({ action }) => action),
    outcome: words(({ outcome }) => outcome),
    errorKind: words(({ errorKind }) => errorKind),
    queueMs: floats(({ timing }) => timing.queueMs),
    pacingMs: floats(({ timing }) => timing.pacingMs),
    backoffMs: floats(({ timing }) => timing.backoffMs),
    recoveryMs: floats(({ timing }) => timing.recoveryMs),
    connectMs: floats(({ timing }) => timing.connectMs),
    firstByteMs: floats(({ timing }) => timing.firstByteMs),
    firstTokenMs: floats(({ timing }) => timing.firstTokenMs),
    totalMs: floats(({ timing }) => timing.totalMs),
    inputTokens: floats(({ usage }) => usage.inputTokens),
    outputTokens: floats(({ usage }) => usage.outputTokens),
    cacheReadTokens: floats(({ usage }) => usage.cacheReadTokens),
    cacheWriteTokens: floats(({ usage }) => usage.cacheWriteTokens),
    costUSD: floats(({ costUSD }) => costUSD),
    attempts: Uint16Array.from(sorted, ({ attempts }) => attempts),
    continuations: Uint16Array.from(sorted, ({ continuations }) => continuations),
    status: Uint16Array.from(sorted, ({ status }) => status ?? 0),
    servedFrom: words(({ servedFrom }) => servedFrom),
    requestId: sorted.map(({ requestId }) => requestId ?? ''),
  };
}

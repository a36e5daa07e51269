import type { Cause, Evidence } from './cause';
import type { HttpAnswer, HttpFailure } from './httpProbe';
import type { Certificate, NetworkFindings } from './networkProbes';
import type { Probe } from './timed';

/** Below this a reply that streams at full speed (100 tokens and 12 KB a second) does not get through in time. */
const SLOW_BYTES_PER_SECOND = 20_000;
/** To open a connection: several times around the earth. */
const SLOW_CONNECT_MS = 1_000;
/** The same with the certificates, some KB, and their way there and back. */
const SLOW_HANDSHAKE_MS = 3_000;

const EXPIRED = /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/;
const OTHER_HOST = /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;
const UNKNOWN =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_UNTRUSTED|INVALID_CA)$/;

/** A name that does not exist; other codes say that nobody could be asked. */
const NO_SUCH_NAME = /^(ENOTFOUND|EAI_NONAME|EAI_NODATA|ENODATA)$/;

/** What is wrong with the way to the endpoint. Where the request was answered, what goes past a proxy counts for nothing. */
export function networkCauses(found: NetworkFindings): readonly Cause[] {
  const { http } = found;
  switch (http.outcome) {
    case 'ok':
      return [...answerCauses(http.value), ...slowLink(found, http.value)];
    case 'failed':
      return [
        settingCause(http.failure, found) ?? proxyCause(http.failure, found) ?? wayCause(found),
      ];
    case 'timeout':
    case 'skipped':
      return [wayCause(found)];
  }
}

function answerCauses({ status, hadKey }: HttpAnswer): readonly Cause[] {
  const evidence: Evidence[] = [{ name: 'status', value: status }];
  if (status === 407) return [{ kind: 'proxy_login', evidence, fixes: ['setProxy', 'showLog'] }];
  if (status === 401 || status === 403) {
    return [{ kind: hadKey ? 'refused_key' : 'missing_key', evidence, fixes: ['setKey'] }];
  }
  if (status === 429) return [{ kind: 'rate_limited', evidence, fixes: ['openMetrics'] }];
  if (status === 529) return [{ kind: 'overloaded', evidence, fixes: ['probeEndpoint'] }];
  if (status >= 500) return [{ kind: 'server_fault', evidence, fixes: ['probeEndpoint'] }];
  return [];
}

function slowLink({ tcp, tls }: NetworkFindings, answer: HttpAnswer): readonly Cause[] {
  const { bytesPerSecond, firstByteMs } = answer;
  const connectMs = tcp.outcome === 'ok' ? tcp.tookMs : 0;
  const isNarrow = bytesPerSecond !== undefined && bytesPerSecond < SLOW_BYTES_PER_SECOND;
  const handshakeMs = tls.outcome === 'ok' ? tls.tookMs : 0;
  const isLate = connectMs >= SLOW_CONNECT_MS || handshakeMs >= SLOW_HANDSHAKE_MS;
  if (!isNarrow && !isLate) return [];
  const evidence: Evidence[] = [];
  if (tcp.outcome === 'ok') evidence.push({ name: 'connectMs', value: connectMs });
  if (tls.outcome === 'ok') evidence.push({ name: 'handshakeMs', value: handshakeMs });
  evidence.push({ name: 'firstByteMs', value: firstByteMs });
  if (bytesPerSecond !== undefined)
    evidence.push({ name: 'bytesPerSecond', value: bytesPerSecond });
  return [{ kind: 'slow_link', evidence, fixes: ['setProxy'] }];
}

/** A base URL, key or header with which nothing can be sent at all. */
function settingCause({ kind }: HttpFailure, found: NetworkFindings): Cause | undefined {
  if (kind !== 'invalid_input' && kind !== 'no_key') return undefined;
  return { kind: 'bad_setting', evidence: [target(found)], fixes: ['setBaseUrl', 'setKey'] };
}

function proxyCause(failure: HttpFailure, found: NetworkFindings): Cause | undefined {
  const { code, kind, proxyStatus } = failure;
  if (kind !== 'proxy') return undefined;
  const status: Evidence[] =
    proxyStatus === undefined ? [] : [{ name: 'status', value: proxyStatus }];
  return {
    kind: proxyStatus === 407 ? 'proxy_login' : 'proxy_failed',
    evidence: [...status, { name: 'code', value: code }, target(found)],
    fixes: ['setProxy', 'showLog'],
  };
}

/** The first step of the way that failed, else what the request itself says. */
function wayCause(found: NetworkFindings): Cause {
  const { dns, tcp, tls, http } = found;
  const at = target(found);
  if (dns.outcome === 'failed') {
    const isWrong = NO_SUCH_NAME.test(dns.failure.code);
    return {
      kind: isWrong ? 'wrong_name' : 'no_network',
      evidence: [at, { name: 'code', value: dns.failure.code }],
      fixes: isWrong ? ['setBaseUrl', 'setProxy'] : ['setProxy', 'probeEndpoint'],
    };
  }
  if (tcp.outcome === 'timeout') {
    return {
      kind: 'silent_drop',
      evidence: [at, { name: 'waitedMs', value: tcp.tookMs }],
      fixes: ['setProxy', 'setBaseUrl'],
    };
  }
  if (tcp.outcome === 'failed') {
    const isRefused = tcp.failure.code === 'ECONNREFUSED';
    return {
      kind: isRefused ? 'refused_port' : 'no_network',
      evidence: [at, { name: 'code', value: tcp.failure.code }],
      fixes: isRefused ? ['setBaseUrl', 'setProxy'] : ['setProxy', 'probeEndpoint'],
    };
  }
  return handshakeCause(tls, http, at) ?? unanswered(found, at);
}

function handshakeCause(
  tls: NetworkFindings['tls'],
  http: Probe<HttpAnswer, HttpFailure>,
  at: Evidence,
): Cause | undefined {
  const refused =
    http.outcome === 'failed' && http.failure.kind === 'tls' ? http.failure.code : undefined;
  const seen = tls.outcome === 'ok' ? tls.value.problem : undefined;
  const broken = tls.outcome === 'failed' ? tls.failure.code : undefined;
  // The request knows the certificates of the system, which the handshake of ours may not.
  const code = refused ?? broken ?? (http.outcome === 'timeout' ? undefined : seen);
  if (code === undefined) return undefined;
  const [own] = tls.outcome === 'ok' ? tls.value.chain : [];
  const evidence = [at, { name: 'code', value: code } as const, ...certificateEvidence(own)];
  if (EXPIRED.test(code))
    return { kind: 'expired_certificate', evidence, fixes: ['probeEndpoint'] };
  if (OTHER_HOST.test(code)) {
    return { kind: 'wrong_host_certificate', evidence, fixes: ['setBaseUrl', 'setProxy'] };
  }
  if (UNKNOWN.test(code)) {
    return { kind: 'unknown_authority', evidence, fixes: ['setCertificates', 'setProxy'] };
  }
  return { kind: 'failed_handshake', evidence, fixes: ['setBaseUrl', 'setProxy'] };
}

function certificateEvidence(own: Certificate | undefined): readonly Evidence[] {
  if (!own) return [];
  return [
    { name: 'certificate', value: own.subject },
    { name: 'issuer', value: own.issuer },
    { name: 'validTo', value: own.validTo },
  ];
}

function unanswered({ http }: NetworkFindings, at: Evidence): Cause {
  const why: Evidence[] =
    http.outcome === 'failed'
      ? [{ name: 'code', value: http.failure.code }]
      : [{ name: 'waitedMs', value: http.outcome === 'skipped' ? 0 : http.tookMs }];
  return { kind: 'no_answer', evidence: [at, ...why], fixes: ['probeEndpoint', 'setBaseUrl'] };
}

function target({ host, port }: NetworkFindings): Evidence {
  return { name: 'target', value: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}

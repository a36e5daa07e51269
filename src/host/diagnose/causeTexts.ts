import type { CauseKind, EvidenceName, Evidence, FixId } from '../../engine/diagnostics/cause';
import { formatBytes, formatCount, formatMs, formatShare } from '../format';
import type { Translate } from '../translate';

export interface CauseText {
  readonly title: string;
  readonly advice: string;
}

/** What each cause is called, and what to do about it. */
export const CAUSE_TEXTS: Readonly<Record<CauseKind, (t: Translate) => CauseText>> = {
  proxy_login: (t) => ({
    title: t('The proxy wants a login'),
    advice: t('Set user name and password in the proxy settings of VS Code.'),
  }),
  proxy_failed: (t) => ({
    title: t('The proxy on the way fails'),
    advice: t('Check the proxy settings, or ask who runs the proxy to allow this host.'),
  }),
  wrong_name: (t) => ({
    title: t('The name of the server does not exist'),
    advice: t(
      'Correct the host in the base URL. Where only a proxy knows the name, set the proxy.',
    ),
  }),
  no_network: (t) => ({
    title: t('There is no way to the server'),
    advice: t('Check the network connection, VPN and name server of this computer.'),
  }),
  refused_port: (t) => ({
    title: t('Nothing listens at this port'),
    advice: t('Start the server, or correct the port in the base URL.'),
  }),
  silent_drop: (t) => ({
    title: t('Something on the way drops connections silently'),
    advice: t(
      'It is mostly a firewall. Ask who runs the network to allow this host, or set the proxy.',
    ),
  }),
  expired_certificate: (t) => ({
    title: t("The server's certificate is not valid at this time"),
    advice: t(
      "Check this computer's clock; if it is right, the server's owner must renew the certificate.",
    ),
  }),
  wrong_host_certificate: (t) => ({
    title: t('The certificate belongs to another host'),
    advice: t(
      'Check the base URL; a sign-in page of the network or a proxy may answer in its place.',
    ),
  }),
  unknown_authority: (t) => ({
    title: t('The certificate is from an authority that is not trusted here'),
    advice: t(
      "Install your company's certificate in the operating system and leave http.systemCertificates on.",
    ),
  }),
  failed_handshake: (t) => ({
    title: t('No secure connection comes about'),
    advice: t('Where the server speaks plain HTTP, start the base URL with http://.'),
  }),
  bad_setting: (t) => ({
    title: t('A setting of this endpoint can not be used'),
    advice: t('Correct the base URL, the headers or the key; under Network it says which.'),
  }),
  no_answer: (t) => ({
    title: t('The server takes the connection and does not answer'),
    advice: t('Try again later; if it stays so, check the base URL.'),
  }),
  refused_key: (t) => ({
    title: t('The API key is refused'),
    advice: t('Set a key that is valid for this endpoint.'),
  }),
  missing_key: (t) => ({
    title: t('The endpoint wants an API key'),
    advice: t('Set the key of this endpoint.'),
  }),
  server_fault: (t) => ({
    title: t('The server reports a fault of its own'),
    advice: t('Wait, or use another endpoint.'),
  }),
  concurrency_too_large: (t) => ({
    title: t('More requests go out at once than the limits allow'),
    advice: t('Lower the concurrency, or send smaller batches.'),
  }),
  rate_limited: (t) => ({
    title: t('The rate limit holds requests up'),
    advice: t('Leave pacing on, send less at once, or use a model with more room.'),
  }),
  overloaded: (t) => ({
    title: t('The service is overloaded'),
    advice: t('Wait, or choose another model.'),
  }),
  breaker_open: (t) => ({
    title: t('Requests are held back after failures'),
    advice: t('If the endpoint is well again, reset its circuit breaker.'),
  }),
  blocked_loop: (t) => ({
    title: t('The extension host is blocked'),
    advice: t('Some extension keeps it busy. Find it in the list of running extensions.'),
  }),
  busy_cpu: (t) => ({
    title: t('The processor is busy'),
    advice: t('Close the programs that take it, or find the extension that does.'),
  }),
  slow_link: (t) => ({
    title: t('The network connection is slow'),
    advice: t('Use another network, or check VPN and proxy.'),
  }),
  pool_too_small: (t) => ({
    title: t('Questions wait for a free place'),
    advice: t('Raise the concurrency, with which the connections grow.'),
  }),
  slow_disk: (t) => ({
    title: t('The disk is slow'),
    advice: t('Look for a full or failing disk, or a virus scanner that checks each write.'),
  }),
  failing_disk: (t) => ({
    title: t("The disk can't be written"),
    advice: t('Look for a full disk, or for missing rights in the folder of the extension.'),
  }),
  memory_growth: (t) => ({
    title: t('Memory grows steadily'),
    advice: t(
      'The memory is shared by all extensions. The parts of Pulse are listed below; reloading the window frees it.',
    ),
  }),
  memory_full: (t) => ({
    title: t('Memory is nearly used up'),
    advice: t('Reload the window; the memory is shared by all extensions.'),
  }),
  slow_model: (t) => ({
    title: t('The model itself takes long to begin'),
    advice: t('The network is fast. Choose a faster model, less effort, or a shorter context.'),
  }),
};

export function fixLabel(fix: FixId, t: Translate): string {
  const labels: Readonly<Record<FixId, () => string>> = {
    setBaseUrl: () => t('Change Base URL'),
    setProxy: () => t('Proxy Settings'),
    setCertificates: () => t('Certificate Settings'),
    setKey: () => t('Set API Key'),
    setConcurrency: () => t('Change Concurrency'),
    setPacing: () => t('Pacing Settings'),
    chooseModel: () => t('Choose Model'),
    resetBreakers: () => t('Reset Circuit Breakers'),
    probeEndpoint: () => t('Probe Endpoint'),
    openMetrics: () => t('Open Metrics'),
    clearAnswerCache: () => t('Clear Answer Cache'),
    runningExtensions: () => t('Show Running Extensions'),
    reloadWindow: () => t('Reload Window'),
    showLog: () => t('Show Log'),
  };
  return labels[fix]();
}

const EVIDENCE_TEXTS: Readonly<Record<EvidenceName, (value: string, t: Translate) => string>> = {
  code: (value, t) => t('Error code: {0}.', value),
  target: (value, t) => t('Where: {0}.', value),
  certificate: (value, t) => t('Certificate: {0}.', value),
  issuer: (value, t) => t('Issued by: {0}.', value),
  validTo: (value, t) => t('Valid until: {0}.', value),
  status: (value, t) => t('HTTP status: {0}.', value),
  waitedMs: (value, t) => t('Waited: {0}.', value),
  connectMs: (value, t) => t('Connecting took: {0}.', value),
  handshakeMs: (value, t) => t('Encryption took: {0}.', value),
  firstByteMs: (value, t) => t('First byte after: {0}.', value),
  firstTokenMs: (value, t) => t('First token after: {0}.', value),
  bytesPerSecond: (value, t) => t('Speed: {0} a second.', value),
  limitedTurns: (value, t) => t('Refused by the rate limit: {0}.', value),
  pacedTurns: (value, t) => t('Held back for the rate limit: {0}.', value),
  overloadedTurns: (value, t) => t('Refused for overload: {0}.', value),
  recentTurns: (value, t) => t('Recent requests: {0}.', value),
  concurrency: (value, t) => t('Concurrency as set: {0}.', value),
  atOnce: (value, t) => t('Most at once lately: {0}.', value),
  allowedNow: (value, t) => t('Allowed at once now: {0}.', value),
  requestsPerMinute: (value, t) => t('Limit: {0} requests a minute.', value),
  queueMs: (value, t) => t('Median wait in the queue: {0}.', value),
  openBreakers: (value, t) => t('Open circuit breakers: {0}.', value),
  loopDelayMs: (value, t) => t('Event loop late by: {0}.', value),
  cpuShare: (value, t) => t('Extensions: {0} of a core.', value),
  machineShare: (value, t) => t('All programs: {0} of the machine.', value),
  writeMs: (value, t) => t('A small file took: {0}.', value),
  growthBytes: (value, t) => t('Growth: {0}.', value),
  growthMs: (value, t) => t('In: {0}.', value),
  heapShare: (value, t) => t('Memory in use: {0}.', value),
};

export function evidenceText({ name, value }: Evidence, t: Translate): string {
  return EVIDENCE_TEXTS[name](shown(name, value), t);
}

function shown(name: EvidenceName, value: number | string): string {
  if (typeof value === 'string' || name === 'status') return String(value);
  if (name.endsWith('Ms')) return formatMs(value);
  if (name.endsWith('Share')) return formatShare(value);
  return name === 'bytesPerSecond' || name === 'growthBytes'
    ? formatBytes(value)
    : formatCount(value);
}

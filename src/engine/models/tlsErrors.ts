import { hostOf, type ErrorContext } from './errorText';

/** How a certificate or handshake failure is named by Node and OpenSSL. */
const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_|EPROTO$)/;

const UNTRUSTED =
  "If a company's proxy inspects traffic, or the server has a certificate of its own making, install that certificate in the operating system and leave http.systemCertificates on, or name its file in NODE_EXTRA_CA_CERTS and restart.";
const OTHER_HOST =
  'Check the base URL; a sign-in page of the network or a proxy may be answering in place of the server.';
const PLAIN_HTTP = 'If the server speaks plain HTTP, start the base URL with http://.';

/** What is wrong and what to do. Source: Node's list "X509 certificate error codes", OpenSSL's alerts. */
const BY_CODE: readonly (readonly [codes: RegExp, what: string, advice: string])[] = [
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, 'its certificate is signed by itself', UNTRUSTED],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_UNTRUSTED$|INVALID_CA$)/,
    'its certificate comes from an authority that is not trusted here',
    UNTRUSTED,
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    'its certificate has expired',
    "Check this computer's clock; if that is right, whoever runs the server must renew the certificate.",
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    'its certificate is not valid yet',
    "Check this computer's clock, its date and its time zone.",
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'its certificate is for another host',
    OTHER_HOST,
  ],
  [/^CERT_REVOKED$/, 'its certificate was revoked', 'Do not use it; ask whoever runs the server.'],
  [
    /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/,
    'the handshake failed',
    PLAIN_HTTP,
  ],
  [
    /^ERR_SSL_.*(ALERT|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|NO_SHARED_CIPHER|VERSION_TOO_LOW)|^ERR_TLS_(PROTOCOL|INVALID_PROTOCOL)/,
    'the two sides found no version of TLS, cipher or client certificate that both accept',
    'Whoever runs the server or the proxy on the way must allow TLS 1.2 or later.',
  ],
];

/** The sentence for a certificate or handshake that was not accepted; `undefined` for any other code. */
export function tlsMessage(code: string, context: ErrorContext): string | undefined {
  if (!TLS_CODE.test(code)) return undefined;
  const known = BY_CODE.find(([codes]) => codes.test(code));
  const [, what, advice] = known ?? [
    code,
    'its certificate or handshake was not accepted',
    UNTRUSTED,
  ];
  return `No secure connection to ${hostOf(context.endpoint)}: ${what} (${code}). ${advice}`;
}

/** A status fault by name, as such answers were really seen (shared/wire/errors.json). */
export interface StatusPreset {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** For the help. */
  readonly summary: string;
}

const HTML_BODY = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>proxy</center></body>
</html>
`;

const RETRY = [['x-should-retry', 'true']] as const;
const NO_RETRY = [['x-should-retry', 'false']] as const;

export const STATUS_PRESETS: Readonly<Record<string, StatusPreset>> = {
  overload: {
    status: 529,
    type: 'overloaded_error',
    message: 'Overloaded',
    headers: RETRY,
    summary: '529 overloaded_error',
  },
  'rate-limit': {
    status: 429,
    type: 'rate_limit_error',
    message:
      "This request would exceed your organization's rate limit of 400,000 input tokens per minute. (Simulated: add retry-after=N for another wait.)",
    headers: [['retry-after', '2'], ...RETRY],
    summary: '429 with retry-after: 2 (retry-after=N)',
  },
  'ramp-limit': {
    status: 429,
    type: 'rate_limit_error',
    message: 'This request would exceed a ramp limit, which caps how fast usage can grow.',
    details: { error_code: 'ramp_limit_exceeded' },
    headers: [['retry-after', '3'], ...RETRY],
    summary: '429 ramp_limit_exceeded with retry-after: 3',
  },
  'spend-limit': {
    status: 429,
    type: 'rate_limit_error',
    message: 'Your organization has reached the monthly spend limit of its tier.',
    details: { error_code: 'enforced_spend_limit_reached' },
    headers: NO_RETRY,
    summary: '429 that no waiting clears (enforced_spend_limit_reached)',
  },
  'server-error': {
    status: 500,
    type: 'api_error',
    message: 'Internal server error',
    headers: RETRY,
    summary: '500 api_error',
  },
  'overload-500': {
    status: 500,
    type: 'api_error',
    message: 'Overloaded',
    headers: RETRY,
    summary: '500 whose message is "Overloaded"',
  },
  html: {
    status: 502,
    type: 'api_error',
    message: '',
    body: HTML_BODY,
    headers: [['content-type', 'text/html']],
    summary: "502 with a proxy's HTML page",
  },
  timeout: {
    status: 504,
    type: 'timeout_error',
    message: 'Request timed out',
    summary: '504 timeout_error',
  },
  invalid: {
    status: 400,
    type: 'invalid_request_error',
    message: 'messages.0: Input does not match the expected shape.',
    headers: NO_RETRY,
    summary: '400 invalid_request_error',
  },
  auth: {
    status: 401,
    type: 'authentication_error',
    message: 'invalid x-api-key',
    headers: NO_RETRY,
    summary: '401 authentication_error',
  },
  billing: {
    status: 402,
    type: 'billing_error',
    message: 'Your credit balance is too low to access the API.',
    headers: NO_RETRY,
    summary: '402 billing_error',
  },
  permission: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
    headers: NO_RETRY,
    summary: '403 permission_error',
  },
  'not-found': {
    status: 404,
    type: 'not_found_error',
    message: 'model: this model does not exist',
    headers: NO_RETRY,
    summary: '404 not_found_error',
  },
  'too-large': {
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum size',
    summary: '413 without request_id',
  },
};

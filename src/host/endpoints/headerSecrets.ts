/** `${secret:name}` anywhere in a header's value. */
const SECRET_REFERENCE = /\$\{secret:([\w.-]{1,64})\}/gu;

/** Names of the secrets that header values refer to, each once. */
export function secretReferences(headers: Readonly<Record<string, string>>): string[] {
  const names = Object.values(headers).flatMap((value) =>
    [...value.matchAll(SECRET_REFERENCE)].map((match) => match[1] ?? ''),
  );
  return [...new Set(names)];
}

/** The headers with secrets in the place of their references. @throws MissingSecretError */
export async function resolveHeaders(
  headers: Readonly<Record<string, string>>,
  secretOf: (name: string) => Promise<string | undefined>,
): Promise<Record<string, string>> {
  const values = new Map<string, string>();
  for (const name of secretReferences(headers)) {
    const secret = await secretOf(name);
    if (secret === undefined) throw new MissingSecretError(name);
    values.set(name, secret);
  }
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    resolved[name] = value.replaceAll(
      SECRET_REFERENCE,
      (_, secret: string) => values.get(secret) ?? '',
    );
  }
  return resolved;
}

/** A header refers to a secret that was not set for this endpoint. */
export class MissingSecretError extends Error {
  override readonly name = 'MissingSecretError';
  readonly secret: string;
  constructor(secret: string) {
    super(`A header refers to the secret "${secret}", which is not set for this base URL.`);
    this.secret = secret;
  }
}

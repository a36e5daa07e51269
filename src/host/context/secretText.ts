import type { Translate } from '../translate';
import type { FoundSecret } from './gathered';
import type { SecretKind } from './secretScan';

/** More are only counted. */
const MAX_TOLD = 3;

/** "It looks as if it held secrets: a private key (line 3), a password (line 9)." Never a value. */
export function secretText(secrets: readonly FoundSecret[], t: Translate): string {
  const told = secrets.slice(0, MAX_TOLD).map((secret) => {
    if (secret.kind === 'name') return t('{0} usually holds secrets', secret.path);
    const name = kindText(secret.kind, t);
    return secret.where === ''
      ? t('{0} (line {1})', name, secret.line)
      : t('{0} ({1}, line {2})', name, secret.where, secret.line);
  });
  const rest = secrets.length - told.length;
  const list = told.join(', ') + (rest > 0 ? `, ${t('{0} more', rest)}` : '');
  return t('It may hold secrets: {0}. It is not sent unless you allow it.', list);
}

function kindText(kind: SecretKind, t: Translate): string {
  const names: Record<SecretKind, string> = {
    privateKey: t('a private key'),
    aws: t('an AWS key'),
    github: t('a GitHub token'),
    gitlab: t('a GitLab token'),
    slack: t('a Slack token'),
    google: t('a Google key'),
    stripe: t('a Stripe key'),
    anthropic: t('an Anthropic key'),
    openai: t('an OpenAI key'),
    npm: t('an npm token'),
    jwt: t('a signed token'),
    password: t('a password'),
  };
  return names[kind];
}

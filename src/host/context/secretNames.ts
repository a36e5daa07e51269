/** Files that hold keys or passwords by their purpose. Lower case. */
const NAMES: ReadonlySet<string> = new Set([
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  '.dockercfg',
  '.vault-token',
  'credentials',
  'credentials.json',
  'kubeconfig',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519',
  'secrets.yml',
  'secrets.yaml',
  'secrets.json',
  'secrets.toml',
  'terraform.tfvars',
  'master.key',
]);
const ENDINGS: readonly string[] = [
  '.pem',
  '.p12',
  '.pfx',
  '.key',
  '.keystore',
  '.jks',
  '.kdbx',
  '.ppk',
];
/** `.env.example` and the like are there to be read. */
const SAMPLES = /\.(example|sample|template|dist|defaults?)$/u;
const PLACES: readonly RegExp[] = [
  /(^|\/)\.docker\/config\.json$/u,
  /(^|\/)\.kube\/config$/u,
  /(^|\/)\.aws\/config$/u,
];

/** Whether a file of this name usually holds secrets. `path` with slashes. */
export function isSecretName(path: string): boolean {
  const lower = path.replaceAll('\\', '/').toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  if (SAMPLES.test(name)) return false;
  if (/^\.env(\.|$)/u.test(name) || name.endsWith('.env')) return true;
  if (NAMES.has(name) || ENDINGS.some((ending) => name.endsWith(ending))) return true;
  return PLACES.some((place) => place.test(lower));
}

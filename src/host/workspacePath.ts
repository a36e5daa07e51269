/** A path below the workspace's folder, or `undefined`: one that leads out of it, or is none, is a model's mistake at best. */
export function safePath(path: string): string | undefined {
  const clean = path.trim().replaceAll('\\', '/').replace(/^\.\//, '');
  // oxlint-disable-next-line no-control-regex -- no file has them in its name
  const isOdd = /[\u0000-\u001F<>:"|?*]/.test(clean);
  const isOutside =
    clean.startsWith('/') || clean.startsWith('~') || clean.split('/').includes('..');
  return clean === '' || clean.endsWith('/') || isOdd || isOutside ? undefined : clean;
}

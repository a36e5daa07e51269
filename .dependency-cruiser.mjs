/**
 * Who may import whom; docs/ARCHITECTURE.md gives the reasons. TypeScript is read through swc.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const configuration = {
  forbidden: [
    only('base', ['base'], 'base is a leaf'),
    only('protocol', ['base', 'protocol']),
    only('webview', ['base', 'protocol', 'webview']),
    only('engine', ['base', 'engine'], 'the engine knows no screen, no storage and no editor'),
    only('store', ['base', 'engine', 'store']),
    only('host', ['base', 'engine', 'protocol', 'store', 'host']),
    {
      name: 'simulator-stands-alone',
      severity: 'error',
      comment: 'It plays the API’s part; sharing code with what it tests would share the mistakes.',
      from: { path: '^src/simulator/' },
      to: { path: '^src/', pathNot: ['^src/(simulator|base)/', '^src/engine/types\\.ts$'] },
    },
    {
      name: 'headless-is-engine-only',
      severity: 'error',
      from: { path: '^src/headless(/|\\.ts$)' },
      to: { path: '^src/', pathNot: '^src/(base|engine|headless)/' },
    },
    {
      name: 'entry-composes-the-host',
      severity: 'error',
      from: { path: '^src/extension\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(base|host)/' },
    },
    {
      name: 'vscode-only-in-host',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(host/|extension\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'webview-has-no-node',
      severity: 'error',
      from: { path: '^src/(webview|protocol)/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      // esbuild puts the last two in the place of what Mermaid brings along and diagrams don't need.
      from: {
        orphan: true,
        pathNot: ['\\.(d\\.ts|css)$', '^src/webview/diagram/no[A-Z]\\w*\\.ts$'],
      },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(vscode|diagram-script)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.css$' },
    parser: 'swc',
    // Imports of types only count as well.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};

/**
 * @param {string} layer
 * @param {readonly string[]} allowed
 * @param {string} [comment]
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function only(layer, allowed, comment) {
  return {
    name: `${layer}-imports-only-${allowed.join('-')}`,
    severity: 'error',
    ...(comment !== undefined && { comment }),
    from: { path: `^src/${layer}/` },
    to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
  };
}

export default configuration;

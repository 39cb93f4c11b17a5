/** The arrows of ARCHITECTURE.md: who may import whom. */
const layers = {
  core: [],
  terminal: ['core'],
  evaluation: ['core'],
  network: ['core'],
  training: ['core', 'evaluation', 'network'],
  alignment: ['core', 'network', 'training'],
  embedding: ['core', 'network', 'training'],
  detection: ['core', 'network', 'training'],
  gallery: ['core'],
  pipeline: ['core', 'evaluation', 'network', 'training', 'alignment', 'embedding', 'detection', 'gallery'],
};
const packages = Object.keys(layers);
const arrows = packages.map((name) => ({
  name: `${name}-imports-only-what-lies-below`,
  severity: 'error',
  from: { path: `^packages/${name}/src` },
  to: { path: `^packages/(?!(${[name, ...layers[name]].join('|')})/)` },
}));
const ambient = ['fs', 'os', 'net', 'http', 'https', 'dns', 'child_process', 'worker_threads'];

module.exports = {
  forbidden: [
    ...arrows,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'packages-never-import-apps', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only-tests-import-datasets-and-test',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(datasets|test)/' },
    },
    {
      name: 'the-outside-world-only-in-adapters-pipeline-and-apps',
      severity: 'error',
      from: { path: '^packages/', pathNot: ['^packages/pipeline/', '/adapters/', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['core'], path: `^(node:)?(${ambient.join('|')})(/|$)` },
    },
    {
      name: 'no-packages-in-pure-code',
      severity: 'error',
      from: { path: '^packages/', pathNot: ['^packages/pipeline/', '/adapters/', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['kith-source', 'import', 'require', 'node', 'default'],
    },
  },
};

/**
 * The layers of the house (src/README.md). Each rule is named after what it protects; its comment says the way out.
 * Type-only imports count: a layer that needs another layer's types depends on it.
 */

const DOMAIN_ORDER = [
  // rank, room (regular expression inside src/domain/). A room may import rooms of the same room name or of a lower rank.
  [0, 'ids'],
  [0, 'random'],
  [1, 'params'],
  [1, 'image'],
  [2, 'dataset'],
  [2, 'model'],
  [3, 'training'],
  [3, 'metrics'],
  [4, 'release'],
  [5, 'registry'],
  [6, 'bundle'],
  [6, 'drift'],
  [6, 'pipeline'],
  [6, 'query'],
  [6, 'bench'],
  [6, 'serving'],
]

function room(name) {
  return `src/domain/${name}(/|\\.ts$|\\.test\\.ts$)`
}

/** One rule per domain room: it may not look at a room above it. */
function domainOrderRules() {
  return DOMAIN_ORDER.flatMap(([rank, name]) => {
    const above = DOMAIN_ORDER.filter(([other]) => other > rank).map(([, otherName]) => otherName)
    if (above.length === 0) return []
    return [
      {
        name: `domain-order-${name}`,
        comment: `domain/${name} may only use rooms below it (ids, random < params, image < dataset, model < training, metrics < release < registry < bundle, drift, pipeline, query, bench, serving). Move what is shared down.`,
        severity: 'error',
        from: { path: `^${room(name)}` },
        to: { path: `^src/domain/(${above.join('|')})(/|\\.ts$)` },
      },
    ]
  })
}

/** Everything `from` may import inside the repository; anything else inside it is a violation. */
function only(name, from, allowed, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from },
    to: { path: '^(src|workers|headless|e2e|scripts)/', pathNot: allowed },
  }
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or hide a third. Extract it.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...domainOrderRules(),
    only(
      'domain-is-pure',
      '^src/domain/',
      ['^src/domain/'],
      'The domain sees only the domain. Pass what it needs as a parameter.',
    ),
    {
      name: 'domain-has-no-packages',
      comment:
        'The domain uses ES2023 and zod. A clock, a digest, a decoder is passed in. (Tests may use vitest and fast-check.)',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core', 'npm-no-pkg', 'unknown'],
        pathNot: 'node_modules/zod/',
      },
    },
    only(
      'protocol-is-types',
      '^src/protocol/',
      ['^src/protocol/', '^src/domain/'],
      'Messages carry domain values. Logic belongs to a session or the domain.',
    ),
    only(
      'storage-sees-domain',
      '^src/storage/',
      ['^src/storage/', '^src/domain/'],
      'Storage keeps domain records and asks nobody. The worker or store calls it.',
    ),
    only(
      'clients-speak-protocol',
      '^src/clients/',
      ['^src/clients/', '^src/protocol/', '^src/domain/'],
      'A client is one typed handle on one worker. State belongs to stores.',
    ),
    only(
      'stores-own-live-state',
      '^src/stores/',
      ['^src/stores/', '^src/clients/', '^src/storage/', '^src/protocol/', '^src/domain/'],
      'Stores never see screens. Let the screen select from the store.',
    ),
    only(
      'ui-is-dumb',
      '^src/ui/',
      ['^src/ui/', '^src/domain/'],
      'A ui component gets props and sends events. Wire it to a store in a feature.',
    ),
    only(
      'features-sit-on-stores',
      '^src/features/',
      ['^src/features/', '^src/ui/', '^src/stores/', '^src/domain/'],
      'A feature reaches workers and storage through stores.',
    ),
    {
      name: 'no-cross-feature',
      comment:
        'A feature imports no other feature. Move the shared part to ui, stores or domain, or link by URL.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/([^/]+)/', pathNot: '^src/features/$1/' },
    },
    only(
      'app-composes',
      '^src/(app/|main\\.tsx)',
      ['^src/app/', '^src/features/', '^src/ui/', '^src/stores/'],
      'The app names features, ui and stores only.',
    ),
    {
      name: 'only-app-names-features',
      comment: 'Only src/app composes features.',
      severity: 'error',
      from: { path: '^(src|workers|headless)/', pathNot: '^src/(app|features)/' },
      to: { path: '^src/features/' },
    },
    {
      name: 'dexie-only-in-storage',
      comment: 'Tables are reached through src/storage repositories. (stores may use the live-query hook.)',
      severity: 'error',
      from: { pathNot: '^src/storage/' },
      to: { path: 'node_modules/dexie/' },
    },
    only(
      'entries-wire-sessions',
      '^workers/[^/]+\\.ts$',
      ['^workers/(sessions|engine|ingest|bundle|serving)/', '^src/(storage|protocol|domain)/'],
      'A worker entry is wiring under 60 lines; put behaviour into workers/sessions.',
    ),
    only(
      'sessions-tie-work-to-storage',
      '^workers/sessions/',
      ['^workers/(sessions|engine|ingest|bundle|serving)/', '^src/(storage|protocol|domain)/'],
      'A session may use every worker room, storage, protocol and domain; never the page.',
    ),
    only(
      'engine-sees-domain',
      '^workers/engine/',
      ['^workers/engine/', '^src/domain/'],
      'The engine runs in the page and in Node alike: domain and its own files only. A session brings storage and messages.',
    ),
    only(
      'ingest-sees-domain',
      '^workers/ingest/',
      ['^workers/ingest/', '^src/domain/'],
      'Ingest turns bytes into a Dataset: domain and its own files only.',
    ),
    only(
      'bundle-sees-domain',
      '^workers/bundle/',
      ['^workers/bundle/', '^src/domain/'],
      'A bundle is bytes made of records and back: domain and its own files only. A session brings storage and predictors.',
    ),
    only(
      'serving-sees-domain',
      '^workers/serving/',
      ['^workers/serving/', '^src/domain/'],
      'Serving has two hosts, so it sees only the domain; the host passes the model in.',
    ),
    only(
      'headless-sees-compute',
      '^headless/',
      ['^headless/', '^workers/(engine|ingest|bundle|serving)/', '^src/(domain|protocol)/'],
      'The headless studio uses the same compute as the page and files instead of storage. (Its benchmark speaks the protocol with a worker in Chromium.)',
    ),
    only(
      'e2e-sees-a-browser',
      '^e2e/',
      ['^e2e/'],
      'A journey knows the page as a person does. Drive the page, not its modules.',
    ),
    {
      name: 'tfjs-only-in-its-engine',
      comment:
        'tfjs is the oracle and the rival, under workers/engine/tfjs, type imports included. Ask for what you need there.',
      severity: 'error',
      from: { pathNot: '^workers/engine/tfjs/' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'tfjs-not-reachable-from-the-page',
      comment: 'The page must start under 200 kB: tfjs may not be reachable from main.tsx.',
      severity: 'error',
      from: { path: '^src/main\\.tsx$' },
      to: { path: 'node_modules/@tensorflow/', reachable: true },
    },
    {
      name: 'rivals-stay-outside',
      comment:
        'scripts/ is for development: the benchmark rivals use the studio, never the other way round, and jax-js is theirs alone.',
      severity: 'error',
      from: { pathNot: '^scripts/' },
      to: { path: '^scripts/|node_modules/@jax-js/' },
    },
    {
      name: 'shipped-code-not-to-tests',
      comment: 'Shipped code does not import tests or test helpers.',
      severity: 'error',
      from: { pathNot: '\\.(test|testing)\\.tsx?$|^e2e/' },
      to: { path: '\\.(test|testing)\\.tsx?$' },
    },
    {
      name: 'no-unresolved',
      comment: 'The import resolves to nothing: a typing slip or a missing package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|worker)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(workers/engine/wasm/assembly|dist|build)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'default', 'types'],
    },
  },
}

/** The contenders as data. A new contender is one file in contenders/ and one row here; contenders/raw.mjs is an example. */

/**
 * `validates`: refuses a wrong DTO before the handler sees it (tried at the start of every run). `versions`: checks on every call
 * that the server serves the version that the call needs. `can`: further workloads in which it takes part. `options` go to its file.
 * `inProcess`: client and server are one process, without a broker.
 */
const CONTENDERS = {
  raw: {
    title: 'raw `nc.request()`',
    file: 'raw.mjs',
    validates: false,
    versions: false,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory'],
    about: '`nats` as its documentation shows it: a callback subscription, JSON both ways',
  },
  'raw-no-async-traces': {
    title: 'raw, `noAsyncTraces`',
    file: 'raw.mjs',
    options: { noAsyncTraces: true },
    validates: false,
    versions: false,
    can: [],
    about: 'the same, without a stack trace per call',
  },
  'nats-services': {
    title: 'NATS services',
    file: 'nats-services.mjs',
    validates: false,
    versions: false,
    can: [],
    about: 'the server by `nc.services`, the client as raw',
  },
  nest: {
    title: 'NestJS',
    file: 'nest.mjs',
    validates: false,
    versions: false,
    can: ['fanout'],
    about: '`@nestjs/microservices`, NATS transport, `ClientProxy`',
  },
  'nest-validation': {
    title: 'NestJS + ValidationPipe',
    file: 'nest.mjs',
    options: { validation: true },
    validates: true,
    versions: false,
    can: [],
    about: 'the same with DTOs of class-validator and class-transformer',
  },
  moleculer: {
    title: 'Moleculer',
    file: 'moleculer.mjs',
    validates: true,
    versions: false,
    can: ['fanout'],
    about: 'its NATS transporter, `params` of fastest-validator',
  },
  reachable: {
    title: '*reachable*, by hand',
    file: 'by-hand/plain.mjs',
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods'],
    about:
      'the least code over the public API of `nats` for the same work: slots with nonces, one timer, a version, a deadline and compiled checks for each call',
  },
  'reachable-joined': {
    title: '*reachable*, calls batched',
    file: 'by-hand/joined.mjs',
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods'],
    about: 'the same, the calls of one turn to one subject in one message, and so their replies',
  },
  concord: {
    title: '**Concord**',
    file: 'concord.mjs',
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory'],
    about: 'over NATS, with the defaults',
  },
  'concord-batched': {
    title: '**Concord**, calls batched',
    file: 'concord.mjs',
    options: { batch: true },
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory'],
    about: 'the same with `batch: true`: the calls of one turn are sent as one message',
  },
  'concord-memory': {
    title: 'Concord, in memory',
    file: 'concord.mjs',
    options: { memory: true },
    validates: true,
    versions: true,
    can: [],
    inProcess: true,
    about: 'client and server in one process, without socket and broker, for reference',
  },
};

export const CONTENDER_IDS = Object.keys(CONTENDERS);

/** The contender with which the others are compared. */
export const BASELINE = 'raw';
/** The contenders with goals: Concord with its defaults, and with batched calls. */
export const OURS = ['concord', 'concord-batched'];

/** Returns a contender by its id. */
export function contenderOf(id) {
  return { id, options: {}, inProcess: false, ...CONTENDERS[id] };
}

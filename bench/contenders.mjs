/** The contenders as data. A new contender is one file in contenders/ and one row here; contenders/raw.mjs is an example. */

/**
 * `validates`: refuses a wrong DTO before the handler sees it (tried at the start of every run). `versions`: checks on every call
 * that the server serves the version that the call needs. `can`: further workloads in which it takes part. `options` go to its file.
 * `inProcess`: client and server are one process, without a broker. `isGiven`: takes part only with `--limits`.
 */
const CONTENDERS = {
  raw: {
    title: 'raw `nc.request()`',
    file: 'raw.mjs',
    validates: false,
    versions: false,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory', 'dto'],
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
  'limit-checked': {
    title: 'yardstick, checked',
    file: 'given.mjs',
    options: { folder: 'checked', further: [true] },
    isGiven: true,
    validates: true,
    versions: true,
    can: ['fanout', 'group'],
    about: 'the program in the folder `checked` of `--limits`, with the shapes of its own workload',
  },
  'limit-batched': {
    title: 'yardstick, batched',
    file: 'given.mjs',
    options: { folder: 'batched', further: [] },
    isGiven: true,
    validates: false,
    versions: false,
    can: ['fanout', 'group'],
    about: 'the same of the folder `batched`',
  },
  concord: concord({ batch: false }, 'each call in a message of its own'),
  'concord-auto': concord(
    { batch: 'auto' },
    'the default: the calls of one turn in one message, where a turn has enough of them for each server',
  ),
  'concord-batched': concord({ batch: true }, 'the calls of one turn in one message, wherever that is possible'),
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
/** The contenders with goals: Concord with each value of `batch`. */
export const OURS = ['concord', 'concord-auto', 'concord-batched'];

/** Returns a contender by its id. */
export function contenderOf(id) {
  return { id, options: {}, inProcess: false, ...CONTENDERS[id] };
}

/** Concord over NATS, with a value of the client's option `batch`. */
function concord({ batch }, about) {
  return {
    title: `**Concord**, \`batch: ${JSON.stringify(batch).replaceAll('"', "'")}\``,
    file: 'concord.mjs',
    options: { batch },
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory', 'dto'],
    about,
  };
}

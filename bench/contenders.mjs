/** The contenders as data. One more is one file in contenders/ and one row here; contenders/raw.mjs shows what such a file has. */

/**
 * `validates`: refuses a wrong DTO before the handler sees it (tried at the start of every run). `versions`: checks on every call
 * that the server serves the version that the call needs. `can`: further workloads that it takes part in. `options` go to its file.
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
    about: 'the same, without a stack trace a call',
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
  concord: {
    title: '**Concord**',
    file: 'concord.mjs',
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory'],
    about: 'over NATS, as users have it by default',
  },
  'concord-joined': {
    title: '**Concord**, calls joined',
    file: 'concord.mjs',
    options: { batch: true },
    validates: true,
    versions: true,
    can: ['fanout', 'group', 'methods', 'fleet', 'memory'],
    about: 'the same with `batch: true`: what is called in one turn goes out as one message',
  },
  'concord-memory': {
    title: 'Concord, in memory',
    file: 'concord.mjs',
    options: { memory: true },
    validates: true,
    versions: true,
    can: [],
    inProcess: true,
    about: 'client and server in one process, for reference: no socket, no broker',
  },
};

export const CONTENDER_IDS = Object.keys(CONTENDERS);

/** What the others are compared with. */
export const BASELINE = 'raw';
/** Whose goals are judged: as users have it by default, and with what they can opt into. */
export const OURS = ['concord', 'concord-joined'];

/** A contender by its id. */
export function contenderOf(id) {
  return { id, options: {}, inProcess: false, ...CONTENDERS[id] };
}

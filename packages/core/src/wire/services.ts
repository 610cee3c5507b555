/** The services protocol of NATS (ADR-32): the subjects on which services describe themselves, and their answers. */
import type { Version } from '../values/version';

/** The questions that a service answers: its name, its endpoints, its figures. */
export type ServiceVerb = 'PING' | 'INFO' | 'STATS';

/** Questions to every service, of every verb. */
export const EVERY_SERVICE = '$SRV.*';

const QUESTION = /^\$SRV\.(PING|INFO|STATS)(?:\.([\w-]+)(?:\.([\w-]+))?)?$/;

/** A question, and the service that it is for. */
export interface ServiceQuestion {
  readonly verb: ServiceVerb;
  /** Absent in a question to every service. */
  readonly name: string | undefined;
  readonly id: string | undefined;
}

/** The subject of a question to every service, or to every service of a name. */
export function questionSubject(verb: ServiceVerb, name?: string): string {
  return name === undefined ? `$SRV.${verb}` : `$SRV.${verb}.${name}`;
}

/**
 * The content of a question to every service that asks each server for one service on each of its topics: a server with fifty interfaces then
 * answers once, not fifty times. The protocol's questions have no content, and other programs ignore it.
 */
export const ONCE_A_TOPIC = '{"concord":"once a topic"}';

/** Questions to every service of a name, of every verb. */
export function serviceSubject(name: string): string {
  return `$SRV.*.${name}`;
}

/** Questions to one service by its id, whatever its name is, of every verb. */
export function serviceIdSubject(id: string): string {
  return `$SRV.*.*.${id}`;
}

/** Reads the subject of a question; returns `undefined` for another subject. */
export function readServiceSubject(subject: string): ServiceQuestion | undefined {
  const [, verb, name, id] = QUESTION.exec(subject) ?? [];
  return verb === undefined ? undefined : { verb: verb as ServiceVerb, name, id };
}

/** Returns a version as the protocol writes it: 1.3 is `1.3.0`. */
export function toSemVer({ major, minor }: Version): string {
  return `${major}.${minor}.0`;
}

/** The members that all answers have. */
export interface ServiceIdentity {
  readonly name: string;
  readonly id: string;
  /** SemVer. */
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The answer to `PING`. */
export interface ServicePing extends ServiceIdentity {
  readonly type: 'io.nats.micro.v1.ping_response';
}

/** One endpoint in the answer to `INFO`: a method. */
export interface ServiceEndpointInfo {
  readonly name: string;
  /** A subject that calls the method. */
  readonly subject: string;
  readonly queue_group: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The answer to `INFO`. */
export interface ServiceInfo extends ServiceIdentity {
  readonly type: 'io.nats.micro.v1.info_response';
  readonly description: string;
  readonly endpoints: readonly ServiceEndpointInfo[];
}

/** Numbers that a time in `MethodFigures` can have. */
export const TIME_NUMBERS = 128;
/** Numbers between a time and twice the time. */
export const TIMES_IN_DOUBLING = 4;

/** Returns the longest time, in milliseconds, that a number stands for: number 40 is 1.024 ms, and 44 twice as much. */
export function timeOfNumber(number: number): number {
  return 2 ** (number / TIMES_IN_DOUBLING) / 1_000;
}

/** Figures of one method that the protocol has no fields for. Those that are empty are absent. */
export interface MethodFigures {
  /** The requests that have ended, also the refused ones, by verdict: `ok`, or the code of the error. */
  readonly ended?: Readonly<Record<string, number>>;
  /** The handlers that were timed, by their time: pairs of the number of a time, and a count. */
  readonly times?: readonly (readonly [number: number, count: number])[];
}

/** One endpoint in the answer to `STATS`. Times are whole nanoseconds. */
export interface ServiceEndpointStats {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly num_requests: number;
  readonly num_errors: number;
  /** Empty if there was no error. */
  readonly last_error: string;
  readonly processing_time: number;
  readonly average_processing_time: number;
  readonly data?: MethodFigures | undefined;
}

/** The answer to `STATS`. */
export interface ServiceStats extends ServiceIdentity {
  readonly type: 'io.nats.micro.v1.stats_response';
  /** The time of the start, as RFC 3339. */
  readonly started: string;
  readonly endpoints: readonly ServiceEndpointStats[];
}

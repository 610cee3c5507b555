/** The errors that a method declares or expects: which thrown thing is one of them, and what of it travels. */
import {
  type Class,
  type Contract,
  type ErrorContract,
  type MethodContract,
  parseVersion,
  RpcError,
  type WireError,
} from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';
import { compileProjection, type Projection } from './error-data';
import { compileResultCuts, type ResultCuts } from './result-cuts';

/** Longest message of a declared error, in bytes. */
const LONGEST_MESSAGE = 1_024;

interface Declared extends ErrorContract {
  readonly project: Projection | undefined;
  readonly cuts: ResultCuts | undefined;
}

/** The errors that a method declares or expects; `undefined` if that is none. */
export function compileDeclaredErrors(method: MethodContract, contract: Contract): DeclaredErrors | undefined {
  return method.errors.length + method.expected.length === 0 ? undefined : new DeclaredErrors(method, contract);
}

/** Tells what was thrown on purpose from failures. */
export class DeclaredErrors {
  /** By the prototype of the class. */
  private readonly declared: ReadonlyMap<unknown, Declared>;
  private readonly expected: ReadonlySet<unknown>;

  constructor({ errors, expected }: MethodContract, contract: Contract) {
    const declared = (error: ErrorContract): Declared => {
      if (error.data === undefined) return { ...error, project: undefined, cuts: undefined };
      const cuts = compileResultCuts({ kind: 'class', type: error.data }, contract);
      return { ...error, project: compileProjection(error.data, contract.dtos), cuts };
    };
    this.declared = new Map(errors.map((error) => [prototypeOf(error.type), declared(error)]));
    this.expected = new Set(expected.map(prototypeOf));
  }

  /** What the caller is told of a thrown thing; `undefined` if it is a failure. Never throws. */
  answerTo(thrown: unknown, { label, wantsAnswer, callerVersion }: IncomingRequest): WireError | undefined {
    const prototypes = prototypesOf(thrown);
    const classes = prototypes.flatMap((prototype) => this.declared.get(prototype) ?? []);
    // of a cast nobody hears, so a declared error is a failure there like any other
    if (classes.length > 0 && wantsAnswer)
      return wireError(thrown as Error, forCaller(classes, callerVersion), label, callerVersion);
    if (!prototypes.some((prototype) => this.expected.has(prototype))) return undefined;
    return new RpcError('internal', `${label} ended with an error that it expects and does not declare`).toWire();
  }
}

function prototypeOf({ prototype }: Class): unknown {
  return prototype;
}

/** The prototypes of a thrown thing, nearest first. */
function prototypesOf(thrown: unknown): unknown[] {
  const prototypes: unknown[] = [];
  if (typeof thrown !== 'object') return prototypes;
  try {
    for (let at = thrown; at !== null; prototypes.push(at)) at = Object.getPrototypeOf(at) as object | null;
    return prototypes;
  } catch {
    return []; // a Proxy that does not let itself be looked at is no error that anybody declared
  }
}

/** The nearest class that the caller's version has; if it has none, the nearest. */
function forCaller(classes: readonly Declared[], callerVersion: string | undefined): Declared {
  const nearest = classes[0]!;
  const minor = classes.length > 1 && callerVersion !== undefined ? minorOf(callerVersion) : Number.POSITIVE_INFINITY;
  return classes.find(({ since }) => since <= minor) ?? nearest;
}

function minorOf(version: string): number {
  try {
    return parseVersion(version, 'contract').minor;
  } catch {
    return Number.POSITIVE_INFINITY; // what a caller says of itself decides nothing but this
  }
}

function wireError(
  thrown: Error,
  { name, retryable, project, cuts }: Declared,
  label: string,
  callerVersion: string | undefined,
): WireError {
  const error = { code: 'declared' as const, name, message: messageOf(thrown), executed: 'yes' as const, retryable };
  try {
    if (project === undefined) return error;
    const data = project(thrown, 1);
    const cut = cuts?.forCaller(callerVersion);
    return { ...error, data: cut === undefined ? data : cut(data) };
  } catch {
    const sentence = `error ${name} of ${label}: its data cannot be read: it contains itself, or a getter or backport threw`;
    return new RpcError('unserializable', sentence, { executed: 'yes', data: { where: 'reply' } }).toWire();
  }
}

function messageOf(thrown: Error): string {
  try {
    const message: unknown = thrown.message;
    return typeof message === 'string' ? cut(message) : '';
  } catch {
    return '';
  }
}

function cut(message: string): string {
  const bytes = Buffer.from(message.slice(0, LONGEST_MESSAGE));
  if (bytes.length <= LONGEST_MESSAGE && message.length <= LONGEST_MESSAGE) return bytes.toString();
  let end = LONGEST_MESSAGE - Buffer.byteLength('…');
  while ((bytes[end]! & 0xc0) === 0x80) end--; // not in the middle of a character
  return `${bytes.toString('utf8', 0, end)}…`;
}

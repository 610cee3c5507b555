/** Recognizes the errors that a method declares or expects, and converts them for the caller. */
import { type Class, RpcError } from '@concord-rpc/core';
import { type Contract, type ErrorContract, type MethodContract, parseVersion } from '@concord-rpc/core/engine';
import type { WireError } from '@concord-rpc/core/wire';
import type { ErrorAnswers, ErrorRecipient } from '../request/served-method';
import { compileErrorProjection, type ErrorProjection } from './error-data';
import { compileResultCuts, type ResultCuts } from './result-cuts';

/** Longest message of a declared error in bytes. */
const LONGEST_MESSAGE = 1_024;

interface Declared extends ErrorContract {
  readonly project: ErrorProjection | undefined;
  readonly cuts: ResultCuts | undefined;
}

/** Compiles the errors of a method; returns `undefined` if the method declares and expects none. */
export function compileDeclaredErrors(method: MethodContract, contract: Contract): DeclaredErrors | undefined {
  return method.errors.length + method.expected.length === 0 ? undefined : new DeclaredErrors(method, contract);
}

/** Distinguishes declared and expected errors from failures. */
export class DeclaredErrors implements ErrorAnswers {
  /** By the prototype of the error class. */
  private readonly declared: ReadonlyMap<unknown, Declared>;
  private readonly expected: ReadonlySet<unknown>;

  constructor({ errors, expected }: MethodContract, contract: Contract) {
    const declared = (error: ErrorContract): Declared => {
      if (error.data === undefined) return { ...error, project: undefined, cuts: undefined };
      const cuts = compileResultCuts({ kind: 'class', type: error.data }, contract);
      return { ...error, project: compileErrorProjection(error.data, contract.dtos), cuts };
    };
    this.declared = new Map(errors.map((error) => [prototypeOf(error.type), declared(error)]));
    this.expected = new Set(expected.map(prototypeOf));
  }

  /** Returns the error to send for a thrown value; `undefined` if the value is a failure. Never throws. */
  answerTo(thrown: unknown, { label, wantsAnswer, callerVersion }: ErrorRecipient): WireError | undefined {
    const prototypes = prototypesOf(thrown);
    const classes = prototypes.flatMap((prototype) => this.declared.get(prototype) ?? []);
    // a cast has no reply, so a declared error is logged as a failure
    if (classes.length > 0 && wantsAnswer)
      return wireError(thrown as Error, forCaller(classes, callerVersion), label, callerVersion);
    if (!prototypes.some((prototype) => this.expected.has(prototype))) return undefined;
    return new RpcError('internal', `${label} ended with an error that it expects and does not declare`).toWire();
  }
}

function prototypeOf({ prototype }: Class): unknown {
  return prototype;
}

/** Returns the prototypes of a thrown value, nearest first. */
function prototypesOf(thrown: unknown): unknown[] {
  const prototypes: unknown[] = [];
  if (typeof thrown !== 'object') return prototypes;
  try {
    for (let at = thrown; at !== null; prototypes.push(at)) at = Object.getPrototypeOf(at) as object | null;
    return prototypes;
  } catch {
    return []; // a Proxy that hides its prototype is not a declared error
  }
}

/** Returns the nearest class that exists in the caller's version; the nearest of all if that version has none. */
function forCaller(classes: readonly Declared[], callerVersion: string | undefined): Declared {
  const nearest = classes[0]!;
  const minor = classes.length > 1 && callerVersion !== undefined ? minorOf(callerVersion) : Number.POSITIVE_INFINITY;
  return classes.find(({ since }) => since <= minor) ?? nearest;
}

function minorOf(version: string): number {
  try {
    return parseVersion(version, 'contract').minor;
  } catch {
    return Number.POSITIVE_INFINITY; // a caller that states an invalid version gets the newest class
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
  while ((bytes[end]! & 0xc0) === 0x80) end--; // keep whole characters
  return `${bytes.toString('utf8', 0, end)}…`;
}

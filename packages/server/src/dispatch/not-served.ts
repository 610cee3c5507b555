/** The error for a subject that no registered method serves. */

import { RpcError } from '@concord-rpc/core';
import { type Contract, formatVersion, quote, readVersion, type ServiceVerdict, whyNotServed } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';

/** Longest part of a method name, in characters, that an error repeats. */
const LONGEST_NAME = 64;

/** Returns the namespaces under which a contract is served: its own and its legacy ones. */
export function namespacesOf(contract: Contract): (string | null)[] {
  return [...new Set([contract.target.namespace, ...contract.legacyNamespaces])];
}

/**
 * Returns the reason why a subject is not served: an unknown namespace, an unsupported version, or an unknown method.
 * (oslo.messaging reports "unsupported version" for all three if no endpoint fits, and "no such method" for an unsupported version
 * if an unrelated endpoint fits.)
 */
export function notServed(subject: string, registrations: readonly Registration[], root: string): RpcError {
  const parsed = subjects.parseSubject(subject);
  const needs = parsed && readVersion(`${parsed.major}.${parsed.minor}`);
  if (parsed === undefined || needs === undefined) {
    return new RpcError('protocol_error', `${quote(subject)} is not the subject of a method`);
  }
  const { namespace, method } = parsed;
  const endpoints = registrations
    .filter(({ contract: { target }, listen }) => {
      const isHere = subject.startsWith(`${root}.${target.exchange}.${target.topic}.`);
      return isHere && listen.includes(parsed.delivery);
    })
    .map(({ contract, methods }) => ({
      name: contract.name,
      version: formatVersion(contract.version),
      namespaces: namespacesOf(contract),
      hasMethod: methods.has(method),
    }));
  return errorOf(whyNotServed({ namespace, needs }, endpoints, { acrossMajors: false }), subject, parsed);
}

interface NamedEndpoint {
  readonly name: string;
  readonly version: string;
  readonly namespaces: readonly (string | null)[];
}

function errorOf(verdict: ServiceVerdict<NamedEndpoint>, subject: string, parsed: subjects.ParsedSubject): RpcError {
  const { namespace, method, major, minor } = parsed;
  const needs = `${major}.${minor}`;
  switch (verdict.kind) {
    case 'served':
      return new RpcError('protocol_error', `${quote(subject)} is not a subject of this server`);
    case 'unknown_namespace': {
      const wanted = namespace === null ? '(none)' : quote(namespace);
      const known = verdict.known.map((name) => name ?? '(none)').join(', ');
      return new RpcError('unknown_namespace', `this server does not serve namespace ${wanted}; served: ${known}`, {
        data: { served: verdict.known },
      });
    }
    case 'no_such_method':
      return new RpcError('no_such_method', `${verdict.endpoint.name} ${needs} has no method ${quote(method)}`);
    case 'unsupported_version': {
      const versions = verdict.served.map(({ version }) => version);
      const label = `${verdict.nearest.name}.${method.slice(0, LONGEST_NAME)}`;
      return new RpcError('unsupported_version', `${label} needs ${needs}; served: ${versions.join(', ')}`, {
        data: { needs, served: versions.map((version) => ({ version })) },
      });
    }
  }
}

/**
 * Projects an endpoint to a released version, and hashes the projection. Named types are inlined; prose, deprecations and
 * versions are left out.
 */

import type { ContractDocument } from '@concord-rpc/core';
import { type ArgDocument, type EndpointDocument, type MethodDocument, parseVersion } from '@concord-rpc/core/engine';
import { canonicalJson, sha256 } from '../document/canonical-json';
import { isOptional } from '../document/optional-argument';
import { type TypeTable, typesOf } from '../document/type-reference';
import { contractAt } from './contract-at';
import { createInliner, type Inliner } from './inline-schema';

/** The contract of an endpoint at a version as plain data. Contracts that promise the same have the same projection. */
export type ContractProjection = Readonly<Record<string, unknown>>;

/**
 * Projects an endpoint to a version, computed from a later contract. Returns `undefined` if the document has no such endpoint.
 *
 * @throws RpcError `invalid_version` if the version is invalid.
 */
export function asOf(snapshot: ContractDocument, key: string, version: string): ContractProjection | undefined {
  const then = contractAt(snapshot, key, parseVersion(version, `version of ${key}`));
  return then && projectionOf(then.endpoints[key]!, typesOf(then));
}

/**
 * Returns the hash of a projection, as `releases` of a contract file records it; `undefined` if the document has no such
 * endpoint.
 *
 * @throws RpcError `invalid_version` if the version is invalid.
 */
export function releaseHash(snapshot: ContractDocument, key: string, version: string): string | undefined {
  const projection = asOf(snapshot, key, version);
  return projection && `sha256:${sha256(canonicalJson(projection))}`;
}

function projectionOf(endpoint: EndpointDocument, types: TypeTable): ContractProjection {
  const inliner = { in: createInliner(types, 'in'), out: createInliner(types, 'out') };
  const methods = Object.entries(endpoint.methods).map(([name, method]) => [name, methodProjection(method, inliner)]);
  return {
    exchange: endpoint.exchange ?? 'default',
    topic: endpoint.topic,
    namespace: endpoint.namespace ?? null,
    codec: endpoint.codec ?? 'json',
    ...(endpoint.unknownArgs === 'ignore' && { unknownArgs: 'ignore' }), // the default has no key, so hashes without it stay
    methods: Object.fromEntries(methods),
  };
}

interface Inliners {
  readonly in: Inliner;
  readonly out: Inliner;
}

function methodProjection(method: MethodDocument, inliner: Inliners): unknown {
  const errors = Object.entries(method.errors ?? {}).map(([code, { retryable = false, data }]) => [
    code,
    { retryable, ...(data !== undefined && { data: inliner.out(data) }) },
  ]);
  return {
    kind: method.mode, // the key is `kind` because recorded hashes were computed with it
    args: (method.args ?? []).map((arg) => argumentProjection(arg, inliner.in)),
    returns: method.returns ? inliner.out(method.returns) : null,
    errors: Object.fromEntries(errors),
  };
}

function argumentProjection(arg: ArgDocument, inline: Inliner): unknown {
  return {
    name: arg.name,
    required: !isOptional(arg),
    ...('default' in arg && { default: arg.default }),
    schema: inline(arg.schema),
  };
}

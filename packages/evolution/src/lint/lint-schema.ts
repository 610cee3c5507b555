/** Walks a type of one contract: versions of fields and values, and unknown types. */

import type { DeprecationDocument, SchemaDocument, VersionMark } from '@concord-rpc/core/engine';
import { memberName } from '../document/schema-facets';
import { referredName, typesOf } from '../document/type-reference';
import { sinceFor } from '../document/versions';
import { type LintWalk, lintRemoval, lintSince } from './lint-walk';

/** Reports every observation of a type. A named type is walked once for each endpoint that reaches it. */
export function lintSchema(walk: LintWalk, path: string, schema: SchemaDocument, type?: string): void {
  const name = referredName(schema);
  if (name !== undefined) {
    if (walk.visited.has(name)) return;
    walk.visited.add(name);
    const types = typesOf(walk.snapshot);
    const definition = Object.hasOwn(types, name) ? types[name]! : {};
    lintSchema(walk, `types/${name}`, definition, name);
    return;
  }
  const within = type === undefined ? undefined : ({ type, direction: 'in' } as const);
  walk.listen({ kind: 'position', path, before: undefined, after: schema }, within);
  for (const [value, since] of Object.entries(schema['x-enum-since'] ?? {})) lintTypeSince(walk, `${path}=${value}`, since, type);
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    const fieldPath = `${path}.${field}`;
    if (inner['x-since'] !== undefined) lintTypeSince(walk, fieldPath, inner['x-since'], type);
    if (typeof inner.deprecated === 'object' && inner.deprecated !== null) {
      lintRemoval(walk, fieldPath, inner.deprecated as DeprecationDocument);
    }
    lintSchema(walk, fieldPath, inner, type);
  }
  for (const member of schema.anyOf ?? []) {
    const memberPath = `${path}|${memberName(member)}`;
    if (member['x-since'] !== undefined) lintTypeSince(walk, memberPath, member['x-since'], type);
    lintSchema(walk, memberPath, member, type);
  }
  if (schema.items !== undefined) lintSchema(walk, `${path}[]`, schema.items, type);
  if (typeof schema.additionalProperties === 'object') lintSchema(walk, `${path}{}`, schema.additionalProperties, type);
}

function lintTypeSince(walk: LintWalk, path: string, since: VersionMark, type: string | undefined): void {
  lintSince(walk, path, sinceFor(since, walk.key));
  if (type === undefined || typeof since !== 'string') return;
  walk.listen({ kind: 'sharedSince', path, before: undefined, after: since, sharers: walk.sharers.get(type) ?? [] });
}

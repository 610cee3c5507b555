/** Compiles checks of values against their declared types. */

import { quote } from '../errors/quote';
import { safeText } from '../errors/safe-text';
import type { Validator } from '../ports/validator';
import { type Check, checkItems, extendPaths, isFull } from '../schema/check';
import type { CodecName } from '../schema/codec-names';
import { formOf, formsOf } from '../schema/kind-union';
import { compileSchemaCheck } from '../schema/schema-check';
import type { TypeRef } from '../schema/type-ref';
import { isRecord, VALUE_KINDS } from '../schema/value-kinds';
import { jsonTypesOf } from '../standard/schema-document';
import { compileDocumentCheck } from './document-check';

/** Compiles the check of a type, once: DTO classes by the validation library, all other types here. */
export function compileTypeCheck(type: TypeRef, classes: Pick<Validator, 'compile'>, codec: CodecName): Check {
  switch (type.kind) {
    case 'class':
      return classes.compile(type.type, codec);
    case 'tagged':
      return classes.compile(type, codec);
    case 'array':
      return arrayCheck(compileTypeCheck(type.items, classes, codec));
    case 'record':
      return recordCheck(compileTypeCheck(type.values, classes, codec));
    case 'nullable':
      return nullCheck(compileTypeCheck(type.of, classes, codec));
    case 'union':
      return unionCheck(type.members, (member) => compileTypeCheck(member, classes, codec));
    case 'enum':
      return enumCheck(type.values);
    case 'schema':
      return type.side === 'output' ? compileDocumentCheck(type.document) : compileSchemaCheck(type);
    case 'unchecked':
      return unchecked;
    default:
      return VALUE_KINDS[type.kind].check;
  }
}

function unchecked(value: unknown): unknown {
  return value;
}

function nullCheck(check: Check): Check {
  return (value, path, findings) => (value === null ? value : check(value, path, findings));
}

/** Returns the check of a union of kinds: a value is checked as the one member that it can be, and never tried against all. */
function unionCheck(members: readonly TypeRef[], compile: (member: TypeRef) => Check): Check {
  const byForm = new Map(members.flatMap((member) => formsOf(member)!.map((form) => [form, compile(member)] as const)));
  const message = `must be one of ${[...new Set(members.flatMap(namesOf))].join(', ')}`;
  return (value, path, findings) => {
    const check = byForm.get(formOf(value));
    if (check !== undefined) return check(value, path, findings);
    findings.violations.push({ path, message });
    return value;
  };
}

function namesOf(type: TypeRef): string | readonly string[] {
  const { kind } = type;
  if (kind === 'schema') return jsonTypesOf(type.document);
  return kind === 'class' || kind === 'tagged' || kind === 'record' ? 'object' : kind === 'dateText' ? 'date' : kind;
}

function enumCheck(listed: readonly unknown[]): Check {
  const values = new Set(listed);
  const message = `must be one of ${listed.map(quote).join(', ')}`;
  return (value, path, { violations }) => {
    if (!values.has(value)) violations.push({ path, message });
    return value;
  };
}

function arrayCheck(check: Check): Check {
  return (value, path, findings) => {
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    return checkItems(value, check, path, findings);
  };
}

/** Longest key in a path, in characters: a caller chooses the keys of a dictionary. */
const LONGEST_KEY = 64;

function shortKey(key: string): string {
  return key.length > LONGEST_KEY ? safeText(key, LONGEST_KEY) : key;
}

function recordCheck(check: Check): Check {
  return (value, path, findings) => {
    if (!isRecord(value)) {
      findings.violations.push({ path, message: 'must be an object' });
      return value;
    }
    const { violations } = findings;
    const checked: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (isFull(findings)) break;
      const before = violations.length;
      checked[key] = check(value[key], path, findings);
      if (violations.length > before) extendPaths(violations, before, path, `.${shortKey(key)}`);
    }
    return checked;
  };
}

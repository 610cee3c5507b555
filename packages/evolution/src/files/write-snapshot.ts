/** Writes contract files: sorted keys, two spaces, one argument per line, a newline at the end. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument } from '@concord-rpc/core/engine';
import { normalForm } from '../document/normal-form';

/** Returns the text of a contract file. The same contract always has the same text. */
export function writeSnapshot(snapshot: ContractDocument): string {
  return `${write(normalForm(snapshot), '', '')}\n`;
}

function write(value: unknown, key: string, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const isArguments = key === 'args' && value.every(isArgument);
    if (!isArguments && value.every((item) => typeof item !== 'object' || item === null)) return inLine(value);
    const items = value.map((item) => inner + (isArguments ? argumentLine(item) : write(item, '', inner)));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${write(member, name, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function isArgument(item: unknown): item is ArgDocument {
  return typeof item === 'object' && item !== null && 'name' in item && 'schema' in item;
}

/** Writes an argument on one line, its name first. */
function argumentLine({ name, ...rest }: ArgDocument): string {
  return inLine({ name, ...rest });
}

function inLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Finds the source position of the declaration that the path of a finding names. */
import { readFileSync } from 'node:fs';
import type { Position } from '@concord-rpc/evolution';
import type { ContractSource, SourceClass, SourceRange } from './class-source';
import type { ContractSources } from './source-docs';

/** A position in a file. */
export interface SourcePosition extends Position {
  /** Absolute path. */
  readonly file: string;
}

/**
 * Returns a lookup from paths (`L3Plugin@1/sync/args/host`, `types/Router.mtu`) to declarations. A path without a declaration gives the
 * nearest parent that has one.
 */
export function locateInSources(sources: ContractSources): (path: string) => SourcePosition | undefined {
  const ranges = new Map<string, SourceRange>();
  for (const [key, source] of sources) addContract(ranges, key, source);
  const textOf = textsOf();
  return (path) => {
    for (let known = path; known !== ''; known = known.replace(/(?:^|[./#~=|[{])[^./#~=|[{]*$/, '')) {
      const range = ranges.get(known);
      if (range !== undefined) return positionOf(range, textOf(range.file));
    }
    return undefined;
  };
}

function addContract(ranges: Map<string, SourceRange>, key: string, { contract, types }: ContractSource): void {
  ranges.set(key, contract.nameRange);
  for (const [name, method] of contract.methods) {
    ranges.set(`${key}/${name}`, method.nameRange);
    for (const parameter of method.parameters) {
      ranges.set(`${key}/${name}/args/${parameter.name.replace(/^_+/, '')}`, parameter.nameRange);
    }
  }
  for (const [name, type] of types) addType(ranges, `types/${name}`, type);
}

function addType(ranges: Map<string, SourceRange>, path: string, type: SourceClass): void {
  ranges.set(path, type.nameRange);
  for (const [name, field] of type.fields) ranges.set(`${path}.${name}`, field.nameRange);
}

/** Returns the line and column where a range starts, both counted from 1. */
export function positionOf({ file, start }: SourceRange, text: string): SourcePosition {
  const before = text.slice(0, start);
  return { file, line: before.split('\n').length, column: start - before.lastIndexOf('\n') };
}

/** Returns a function that reads the text of a file, each file once. */
export function textsOf(): (file: string) => string {
  const texts = new Map<string, string>();
  return (file) => {
    const known = texts.get(file) ?? readFileSync(file, 'utf8');
    texts.set(file, known);
    return known;
  };
}

/** Where the things that paths of findings name are declared in sources. */
import { readFileSync } from 'node:fs';
import type { Position } from '@concord-rpc/evolution';
import type { ContractSource, Place, SourceClass } from './class-source';
import type { ContractSources } from './source-docs';

/** A position in a file; the file is absolute. */
export interface SourcePosition extends Position {
  readonly file: string;
}

/** Finds declarations by path (`L3Plugin@1/sync/args/host`, `types/Router.mtu`); of what is not there, what would hold it. */
export function locateInSources(sources: ContractSources): (path: string) => SourcePosition | undefined {
  const places = new Map<string, Place>();
  for (const [key, source] of sources) addContract(places, key, source);
  const textOf = textsOf();
  return (path) => {
    for (let known = path; known !== ''; known = known.replace(/(?:^|[./#~=|[{])[^./#~=|[{]*$/, '')) {
      const place = places.get(known);
      if (place !== undefined) return positionOf(place, textOf(place.file));
    }
    return undefined;
  };
}

function addContract(places: Map<string, Place>, key: string, { contract, types }: ContractSource): void {
  places.set(key, contract.place);
  for (const [name, method] of contract.methods) {
    places.set(`${key}/${name}`, method.place);
    for (const parameter of method.parameters) {
      places.set(`${key}/${name}/args/${parameter.name.replace(/^_+/, '')}`, parameter.place);
    }
  }
  for (const [name, type] of types) addType(places, `types/${name}`, type);
}

function addType(places: Map<string, Place>, path: string, type: SourceClass): void {
  places.set(path, type.place);
  for (const [name, field] of type.fields) places.set(`${path}.${name}`, field.place);
}

/** The position of a place, counted from 1 as editors do. */
export function positionOf({ file, start }: Place, text: string): SourcePosition {
  const before = text.slice(0, start);
  return { file, line: before.split('\n').length, column: start - before.lastIndexOf('\n') };
}

/** Reads each file once. */
export function textsOf(): (file: string) => string {
  const texts = new Map<string, string>();
  return (file) => {
    const known = texts.get(file) ?? readFileSync(file, 'utf8');
    texts.set(file, known);
    return known;
  };
}

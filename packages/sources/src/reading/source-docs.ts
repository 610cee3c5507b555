/** What sources say of a contract, in the words that contract files have for it. */
import { type ContractDocument, type MethodDocument } from '@concord-rpc/core';
import { type ArgumentDocs, type MethodDocs, type SourceDocs, type TypeDocs } from '@concord-rpc/evolution';
import type { ContractSource, SourceClass, SourceMethod, SourceParameter } from './class-source';

/** Sources of contracts by their keys (`Name@major`). */
export type ContractSources = ReadonlyMap<string, ContractSource>;

/** The words of the sources of a contract. */
export function wordsOf(sources: ContractSources, { endpoints }: ContractDocument): SourceDocs {
  const words = [...sources].map(([key, { contract }]) => {
    const methods = Object.entries(endpoints[key]!.methods).flatMap(([name, method]) => {
      const source = contract.methods.get(name);
      return source === undefined ? [] : [[name, wordsOfMethod(source, method)] as const];
    });
    return [key, { description: contract.doc, methods: Object.fromEntries(methods) }] as const;
  });
  const types = [...sources.values()].flatMap((source) => [...source.types].map(([name, type]) => [name, wordsOfType(type)]));
  return { endpoints: Object.fromEntries(words), types: Object.fromEntries(types) };
}

/** Arguments are those of the same place: what they are called may have been said by `@Arg`. */
function wordsOfMethod({ doc, parameters, returns }: SourceMethod, { args = [] }: MethodDocument): MethodDocs {
  const words = args.flatMap(({ name }, index) => {
    const parameter = parameters[index];
    return parameter === undefined ? [] : [[name, wordsOfParameter(parameter)] as const];
  });
  return { description: doc, args: Object.fromEntries(words), ...(!returns.isNothing && { returns: returns.text }) };
}

function wordsOfParameter({ type, initializer, default: known }: SourceParameter): ArgumentDocs {
  if (initializer === undefined || initializer === 'undefined') return { ts: type.text };
  return { ts: type.text, default: known ?? { written: `${type.text} = ${initializer}` } };
}

function wordsOfType({ doc, fields }: SourceClass): TypeDocs {
  const words = [...fields].map(([name, field]) => [name, { description: field.doc, ts: field.type.text }]);
  return { description: doc, fields: Object.fromEntries(words) };
}

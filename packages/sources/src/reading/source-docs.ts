/** Takes from sources the defaults, descriptions and type texts that a contract file records. */
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument } from '@concord-rpc/core/engine';
import { type ArgumentDocs, type MethodDocs, type SourceDocs, type TypeDocs } from '@concord-rpc/evolution';
import type { ContractSource, SourceClass, SourceMethod, SourceParameter } from './class-source';

/** Sources of contracts by their keys (`Name@major`). */
export type ContractSources = ReadonlyMap<string, ContractSource>;

/** Returns the defaults, descriptions and type texts of a contract, read from its sources. */
export function sourceDocsOf(sources: ContractSources, { endpoints }: ContractDocument): SourceDocs {
  const docs = [...sources].map(([key, { contract }]) => {
    const methods = Object.entries(endpoints[key]!.methods).flatMap(([name, method]) => {
      const source = contract.methods.get(name);
      return source === undefined ? [] : [[name, docsOfMethod(source, method)] as const];
    });
    return [key, { description: contract.doc, methods: Object.fromEntries(methods) }] as const;
  });
  const types = [...sources.values()].flatMap((source) => [...source.types].map(([name, type]) => [name, docsOfType(type)]));
  return { endpoints: Object.fromEntries(docs), types: Object.fromEntries(types) };
}

/** Parameters are matched to arguments by position, because `@Arg` can rename an argument. */
function docsOfMethod({ doc, parameters, returns }: SourceMethod, { args = [] }: MethodDocument): MethodDocs {
  const docs = args.flatMap(({ name }, index) => {
    const parameter = parameters[index];
    return parameter === undefined ? [] : [[name, docsOfParameter(parameter)] as const];
  });
  return { description: doc, args: Object.fromEntries(docs), ...(!returns.isNothing && { returns: returns.text }) };
}

function docsOfParameter({ type, initializer, default: known }: SourceParameter): ArgumentDocs {
  if (initializer === undefined || initializer === 'undefined') return { ts: type.text };
  return { ts: type.text, default: known ?? { written: `${type.text} = ${initializer}` } };
}

function docsOfType({ doc, fields }: SourceClass): TypeDocs {
  const docs = [...fields].map(([name, field]) => [name, { description: field.doc, ts: field.type.text }]);
  return { description: doc, fields: Object.fromEntries(docs) };
}

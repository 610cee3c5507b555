/** The targets of `concord generate`: the forms in which a contract can be written. */
import type { ContractDocument } from '@concord-rpc/core';
import { asyncApiDocument, clientSource, docsSource } from '@concord-rpc/evolution';
import { Option } from 'commander';
import { plainJson } from '../plain/plain-json';

/** The options that a target can read. */
export interface TargetOptions {
  readonly output?: string;
  readonly format?: 'json' | 'yaml';
}

/** The contracts to write: one, or one for each interface of a live fleet. */
export interface WrittenContracts {
  readonly documents: readonly ContractDocument[];
  /** The endpoint that the user named. Then there is one contract, with this endpoint alone. */
  readonly key: string | undefined;
  /** The contract with the endpoint in its present version, and its earlier releases. */
  readonly present: ContractDocument;
  readonly asOf: string | undefined;
}

/** One target: a row of the table. */
export interface GenerateTarget {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** True if the user has to name an endpoint. */
  readonly isOfOne: boolean;
  /** Further options of the target. */
  readonly options?: readonly Option[];
  /** Lines of examples for the help, from the name of the target on. */
  readonly examples: readonly string[];
  textOf(contracts: WrittenContracts, options: TargetOptions): string | Promise<string>;
}

/** The targets in the order of the help. */
export const TARGETS: readonly GenerateTarget[] = [
  {
    name: 'client',
    summary: 'Write a typed client as one TypeScript file',
    description:
      'Write a typed client of an endpoint, with its types, its methods, and the version that each argument and field needs. The file compiles under --strict with any TypeScript compiler. At run time it needs the package concord-rpc.',
    isOfOne: true,
    examples: [
      'client --endpoint DhcpPluginApi@1 --output dhcp-client.ts',
      'client --endpoint DhcpPluginApi@1 --from nats://localhost',
    ],
    textOf: ({ present, key, asOf }) => clientSource(present, { key: key!, asOf })!,
  },
  {
    name: 'docs',
    summary: 'Write a page of Markdown: methods, arguments, errors, history',
    description:
      'Write a page of Markdown about the endpoints of a contract: their methods with arguments, types, limits, errors and versions, and what each version changed.',
    isOfOne: false,
    examples: ['docs --output API.md', 'docs --endpoint DhcpPluginApi@1 --from nats://localhost'],
    textOf: ({ documents }) => documents.map(docsSource).join('\n'),
  },
  {
    name: 'asyncapi',
    summary: 'Write a document of AsyncAPI 3',
    description:
      'Write a document of AsyncAPI 3.1 about the endpoints of a contract. Channels are NATS subjects, in which the minor version is a parameter; operations are methods, from the side of the servers.',
    isOfOne: false,
    options: [
      new Option('--format <format>', 'the format (default: yaml if the file of --output is called so, else json)').choices([
        'json',
        'yaml',
      ]),
    ],
    examples: ['asyncapi --output asyncapi.yaml', 'asyncapi --endpoint DhcpPluginApi@1 --from nats://localhost'],
    textOf: async ({ documents }, { output = '', format = /\.ya?ml$/i.test(output) ? 'yaml' : 'json' }) => {
      const json = `${plainJson(asyncApiDocument(...documents), 2)}\n`;
      if (format === 'json') return json;
      const { stringify } = await import('yaml');
      return stringify(JSON.parse(json), { aliasDuplicateObjects: false });
    },
  },
];

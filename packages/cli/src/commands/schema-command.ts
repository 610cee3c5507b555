/** `concord contract schema`: prints the JSON Schemas of contract files and of JSON findings. */
import { CONTRACT_SCHEMA, FINDINGS_SCHEMA } from '@concord-rpc/evolution';
import { type Command, Option } from 'commander';
import { EXIT } from '../console/exit-codes';
import type { Runner } from '../console/runner';

const SCHEMAS = { contract: CONTRACT_SCHEMA, findings: FINDINGS_SCHEMA } as const;

/** Adds options and action to the command `schema`. */
export function defineSchema(command: Command, run: Runner): void {
  command
    .description('Print the JSON Schema of contract files, or of the findings that --json reports.')
    .addOption(
      new Option('--of <document>', 'the document that the schema describes').choices(Object.keys(SCHEMAS)).default('contract'),
    )
    .action(
      run((io, { of }: { readonly of: keyof typeof SCHEMAS }) => {
        io.out(`${JSON.stringify(SCHEMAS[of], null, 2)}\n`, 'data');
        return EXIT.ok;
      }),
    );
}

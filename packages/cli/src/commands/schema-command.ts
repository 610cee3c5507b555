/** `concord contract schema`: the JSON Schema of what the command reads and writes. */
import { CONTRACT_SCHEMA, FINDINGS_SCHEMA } from '@concord-rpc/evolution';
import { type Command, Option } from 'commander';
import { EXIT } from '../console/exit-codes';
import type { Runner } from '../console/runner';

const SCHEMAS = { contract: CONTRACT_SCHEMA, findings: FINDINGS_SCHEMA } as const;

/** Adds the command. */
export function addSchema(parent: Command, run: Runner): void {
  parent
    .command('schema')
    .description('the JSON Schema of contract files, or of findings as JSON')
    .addOption(new Option('--of <what>', 'which').choices(Object.keys(SCHEMAS)).default('contract'))
    .action(
      run((io, { of }: { readonly of: keyof typeof SCHEMAS }) => {
        io.out(`${JSON.stringify(SCHEMAS[of], null, 2)}\n`);
        return EXIT.ok;
      }),
    );
}

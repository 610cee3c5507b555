/** The arguments of the command, and its help. */
import { parseArgs } from 'node:util';
import { NotCreated } from './not-created';
import { TEMPLATES } from './templates';

/** The arguments, read. */
export interface Arguments {
  readonly folder: string | undefined;
  readonly template: string | undefined;
  readonly packages: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

const width = Math.max(...TEMPLATES.map(({ name }) => name.length));

/** The text of `--help`. */
export const HELP = `usage: npm create @concord-rpc FOLDER -- --template NAME

Creates a project with Concord in a folder that does not exist, or is empty.

Templates:
${TEMPLATES.map(({ name, has }) => `  ${name.padEnd(width)}  ${has}`).join('\n')}

Options:
  -t, --template NAME  the template
  --packages FOLDER    take Concord from the tarballs in this folder, which npm run pack makes in a clone
                       (default: from npm)
  -h, --help           print this text
  -v, --version        print the version

Without FOLDER or --template it asks, if standard input and output are a terminal.
Exit codes: 0 created; 1 the folder cannot be used; 2 wrong usage.
`;

/**
 * Reads the arguments as a shell passes them.
 *
 * @throws Error that names the argument, with exit code 2.
 */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        template: { type: 'string', short: 't' },
        packages: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    });
    const [folder, more] = positionals;
    if (more !== undefined) throw new Error(`one folder is created; got ${positionals.join(' and ')}`);
    const { template, packages, help, version } = values;
    return { folder, template, packages, help, version };
  } catch (thrown) {
    const [sentence] = (thrown as Error).message.split('. To specify');
    throw new NotCreated(`${sentence}; see --help`, 2);
  }
}

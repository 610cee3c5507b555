/** The settings of a project, in `concord.config.json`: paths, base branch, severities of rules. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type DocumentForm, parseDocument, RULES, type SeveritySettings } from '@concord-rpc/evolution';

/** The content of `concord.config.json`. */
export interface Config extends SeveritySettings {
  /** The modules that export the contract classes. */
  readonly entries?: readonly string[];
  /** Path of the contract file. Default `concord.contract.json`. */
  readonly contract?: string;
  /** Path of the approvals file. Default: `concord.approvals.json` in the folder of the contract file. */
  readonly approvals?: string;
  /** The branch that changes are merged into. Default: the first existing one of `origin/HEAD`, `origin/main`, `origin/master`, `main`, `master`. */
  readonly base?: string;
  /** The package that reads the sources. Default `typescript`; `false` leaves the sources unread. */
  readonly typescript?: string | false;
  /** The least severity that makes a check fail. Default `error`. */
  readonly failOn?: 'error' | 'warn';
}

/** Name of the settings file. */
export const CONFIG_FILE = 'concord.config.json';

const TEXT = { type: 'string', minLength: 1 };
const SEVERITIES = {
  type: 'object',
  properties: Object.fromEntries(RULES.map(({ id }) => [id, { enum: ['error', 'warn', 'info', 'off'] }])),
  additionalProperties: false,
};
const FORM: DocumentForm = {
  is: 'settings of Concord',
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: TEXT,
      entries: { type: 'array', items: TEXT },
      contract: TEXT,
      approvals: TEXT,
      base: TEXT,
      typescript: { anyOf: [TEXT, { const: false }] },
      failOn: { enum: ['error', 'warn'] },
      profile: { enum: ['wire', 'wire+semantic', 'all'] },
      rules: SEVERITIES,
      endpoints: { type: 'object', additionalProperties: SEVERITIES },
    },
  },
};

/** Reads the settings of a folder from the nearest settings file upwards. `root` is the folder of that file; without a file, `cwd`. */
export function readConfig(cwd: string): { readonly root: string; readonly config: Config } {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file)) {
      return { root: folder, config: parseDocument<Config>(readFileSync(file, 'utf8'), relative(cwd, file), FORM) };
    }
    if (folder === dirname(folder)) return { root: cwd, config: {} };
  }
}

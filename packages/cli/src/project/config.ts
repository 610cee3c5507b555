/** The project's settings, `concord.config.json`: where its contract is, what it is compared with, how bad each rule is. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type DocumentForm, parseDocument, RULES, type SeveritySettings } from '@concord-rpc/evolution';

/** What `concord.config.json` says. */
export interface Config extends SeveritySettings {
  /** The modules that export the contract classes. */
  readonly entries?: readonly string[];
  /** The contract file. Default `concord.contract.json`. */
  readonly contract?: string;
  /** The file of approvals. Default: `concord.approvals.json` beside the contract file. */
  readonly approvals?: string;
  /** The branch that changes are merged into. Default: `origin/HEAD`, `origin/main`, `origin/master`, `main` or `master`. */
  readonly base?: string;
  /** The package that reads the sources. Default `typescript`; `false`: they are not read. */
  readonly typescript?: string | false;
  /** What makes a check fail. Default `error`. */
  readonly failOn?: 'error' | 'warn';
}

/** The file's name. */
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

/** The settings that hold in a folder, and the folder that they were found in: the nearest one upwards; without any, the folder itself. */
export function readConfig(cwd: string): { readonly root: string; readonly config: Config } {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file)) {
      return { root: folder, config: parseDocument<Config>(readFileSync(file, 'utf8'), relative(cwd, file), FORM) };
    }
    if (folder === dirname(folder)) return { root: cwd, config: {} };
  }
}

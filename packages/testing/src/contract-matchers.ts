/** Matchers that hold contract classes to their committed file: for Jest, and whatever else has `expect.extend`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Class, type ContractDocument, compileContract, contractDocument } from '@concord-rpc/core';
import {
  addSourceDocs,
  type CheckResult,
  checkFreshness,
  checkReleases,
  FORMATS,
  joinContracts,
  parseSnapshot,
  partOf,
  sourceDocsOf,
  withHistory,
} from '@concord-rpc/evolution';
import { classValidation } from '@concord-rpc/validation';

/** What a matcher answers. */
export interface Match {
  readonly pass: boolean;
  message(): string;
}

const FILE = 'concord.contract.json';

/** The matchers, for `expect.extend`. */
export const contractMatchers = {
  /** Whether contract classes still promise what each of their recorded releases did. */
  toKeepItsReleases(received: Class | readonly Class[], file?: string): Match {
    const { code, committed, name } = sides(received, file);
    const keys = Object.keys(code.endpoints);
    const unreleased = keys.filter((key) => Object.keys(committed.releases?.[key] ?? {}).length === 0);
    if (unreleased.length > 0) {
      return {
        pass: false,
        message: () =>
          `${name} records no release of ${unreleased.join(', ')}\nrecord it: npx concord contract snapshot --release ${unreleased.join(' ')}`,
      };
    }
    return matchOf(checkReleases({ ...code, releases: committed.releases }), `${keys.join(', ')} and the releases in ${name}`);
  },

  /** Whether contract classes say what the committed file says of them. */
  toMatchContract(received: Class | readonly Class[], file?: string): Match {
    const { code, committed, name } = sides(received, file);
    return matchOf(checkFreshness(committed, code), `${Object.keys(code.endpoints).join(', ')} and ${name}`);
  },
};

interface Sides {
  readonly code: ContractDocument;
  readonly committed: ContractDocument;
  readonly name: string;
}

function sides(received: Class | readonly Class[], file?: string): Sides {
  const classes = [received].flat() as readonly Class[];
  const said = joinContracts(classes.map((type) => contractDocument([compileContract(type, classValidation)])));
  const path = file === undefined ? nearestFile() : resolve(file);
  if (!existsSync(path)) throw new Error(`there is no contract file ${file}; write it: npx concord contract snapshot`);
  const committed = partOf(parseSnapshot(readFileSync(path, 'utf8'), path), said);
  const code = withHistory(committed, addSourceDocs(said, sourceDocsOf(committed))); // defaults and prose are in the sources, not here
  return { committed, code, name: file ?? FILE };
}

/** The contract file of the folder where the tests run, or of one above it. */
function nearestFile(): string {
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, FILE))) return join(folder, FILE);
    if (folder === dirname(folder))
      throw new Error(`there is no ${FILE} in ${start} or above; write it: npx concord contract snapshot`);
  }
}

function matchOf(found: CheckResult, title: string): Match {
  const pass = found.findings.length === 0;
  return { pass, message: () => (pass ? `${title} agree, and were expected not to` : FORMATS.text({ ...found, title })) };
}

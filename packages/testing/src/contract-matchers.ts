/** Matchers that compare contract classes with their committed file, for Jest and other runners with `expect.extend`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Class, ContractDocument } from '@concord-rpc/core';
import { compileContract, contractDocument } from '@concord-rpc/core/engine';
import {
  addSourceDocs,
  type CheckResult,
  checkFreshness,
  checkReleases,
  FORMATS,
  joinContracts,
  parseSnapshot,
  partOf,
  sourceDocsIn,
  withHistory,
} from '@concord-rpc/evolution';
import { classValidation } from '@concord-rpc/validation';

/** The result of a matcher. */
export interface Match {
  readonly pass: boolean;
  message(): string;
}

const FILE = 'concord.contract.json';

/** The matchers, for `expect.extend`. */
export const contractMatchers = {
  /** Passes if contract classes break no promise of their recorded releases. */
  toKeepItsReleases(received: Class | readonly Class[], file?: string): Match {
    const { code, committed, name } = comparedContracts(received, file);
    const keys = Object.keys(code.endpoints);
    const unreleased = keys.filter((key) => Object.keys(committed.releases?.[key] ?? {}).length === 0);
    if (unreleased.length > 0) {
      return {
        pass: false,
        message: () =>
          `${name} records no release of ${unreleased.join(', ')}\nrecord it: npx @concord-rpc/cli contract snapshot --release ${unreleased.join(' ')}`,
      };
    }
    return matchOf(checkReleases({ ...code, releases: committed.releases }), `${keys.join(', ')} and the releases in ${name}`);
  },

  /** Passes if the committed contract file is up to date with contract classes. */
  toMatchContract(received: Class | readonly Class[], file?: string): Match {
    const { code, committed, name } = comparedContracts(received, file);
    return matchOf(checkFreshness(committed, code), `${Object.keys(code.endpoints).join(', ')} and ${name}`);
  },
};

/** The contract of the code and the one in the committed file. */
interface ComparedContracts {
  readonly code: ContractDocument;
  readonly committed: ContractDocument;
  readonly name: string;
}

function comparedContracts(received: Class | readonly Class[], file?: string): ComparedContracts {
  const classes = [received].flat() as readonly Class[];
  const stated = joinContracts(classes.map((type) => contractDocument([compileContract(type, classValidation)])));
  const path = file === undefined ? nearestFile() : resolve(file);
  if (!existsSync(path))
    throw new Error(`the contract file ${file} does not exist; write it: npx @concord-rpc/cli contract snapshot`);
  const committed = partOf(parseSnapshot(readFileSync(path, 'utf8'), path), stated);
  const code = withHistory(committed, addSourceDocs(stated, sourceDocsIn(committed))); // classes do not hold defaults and descriptions, which come from sources
  return { committed, code, name: file ?? FILE };
}

/** Returns the contract file of the working directory or of the nearest folder above it. */
function nearestFile(): string {
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, FILE))) return join(folder, FILE);
    if (folder === dirname(folder))
      throw new Error(`${start} and the folders above it have no ${FILE}; write it: npx @concord-rpc/cli contract snapshot`);
  }
}

function matchOf(found: CheckResult, title: string): Match {
  const pass = found.findings.length === 0;
  return {
    pass,
    message: () => (pass ? `${title} agree, but the test expects a difference` : FORMATS.text({ ...found, title })),
  };
}

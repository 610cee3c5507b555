/** Adds the contract matchers to the `expect` of Vitest, with globals or without: `import '@concord-rpc/testing/vitest'`. An ES module, as Vitest is. */
import type { Class } from '@concord-rpc/core';
import { expect } from 'vitest';
import { contractMatchers } from './contract-matchers.js';

export { contractMatchers } from './contract-matchers.js';

/** Allows the matchers only on a class or a list of classes. */
type OfContracts<T> = T extends Class | readonly Class[] ? unknown : never;

declare module 'vitest' {
  interface Matchers<T = any> {
    /**
     * Passes if a contract class, or a list of them, breaks no promise of its recorded releases. `file`: the contract file. Default: the
     * nearest `concord.contract.json` in the working directory or above.
     */
    toKeepItsReleases(this: OfContracts<T>, file?: string): void;
    /** Passes if the committed contract file is up to date with a contract class, or a list of them. */
    toMatchContract(this: OfContracts<T>, file?: string): void;
  }
}

expect.extend(contractMatchers);

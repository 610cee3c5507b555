/** Adds the contract matchers to the global `expect` of Jest, or of Vitest with globals: `import '@concord-rpc/testing/jest'`. */
import type { Class } from '@concord-rpc/core';
import { contractMatchers } from './contract-matchers';

export { contractMatchers } from './contract-matchers';

/** Allows the matchers only on a class or a list of classes. */
type OfContracts<T> = T extends Class | readonly Class[] ? unknown : never;

declare global {
  namespace jest {
    // the parameters are those of @types/jest
    // biome-ignore lint/complexity/noBannedTypes: as @types/jest declares it
    interface Matchers<R, T = {}> {
      /**
       * Passes if a contract class, or a list of them, breaks no promise of its recorded releases. `file`: the contract file. Default: the
       * nearest `concord.contract.json` in the working directory or above.
       */
      toKeepItsReleases(this: OfContracts<T>, file?: string): R;
      /** Passes if the committed contract file is up to date with a contract class, or a list of them. */
      toMatchContract(this: OfContracts<T>, file?: string): R;
    }
  }
}

const { expect } = globalThis as unknown as { readonly expect?: { extend(matchers: object): void } };
if (expect === undefined) {
  throw new Error(
    'this test runner has no global expect: import contractMatchers from @concord-rpc/testing and pass it to expect.extend',
  );
}
expect.extend(contractMatchers);

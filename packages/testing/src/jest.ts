/** `import '@concord-rpc/testing/jest'`: gives the global `expect` of Jest (or Vitest with globals) the matchers for contracts. */
import type { Class } from '@concord-rpc/core';
import { contractMatchers } from './contract-matchers';

export { contractMatchers } from './contract-matchers';

/** Nothing has these matchers but what was made of classes. */
type OfContracts<T> = T extends Class | readonly Class[] ? unknown : never;

declare global {
  namespace jest {
    // the parameters are those of @types/jest
    // biome-ignore lint/complexity/noBannedTypes: as @types/jest declares it
    interface Matchers<R, T = {}> {
      /**
       * A contract class, or a list of them, still promises what each recorded release did. `file`: the contract file; by default the nearest
       * `concord.contract.json` from where the tests run upwards.
       */
      toKeepItsReleases(this: OfContracts<T>, file?: string): R;
      /** A contract class, or a list of them, says what the committed contract file says of it. */
      toMatchContract(this: OfContracts<T>, file?: string): R;
    }
  }
}

const { expect } = globalThis as unknown as { readonly expect?: { extend(matchers: object): void } };
if (expect === undefined) {
  throw new Error('there is no global expect: import contractMatchers from @concord-rpc/testing and pass it to expect.extend');
}
expect.extend(contractMatchers);

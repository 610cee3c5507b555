/** The contract that a project's code says, as its file would say it. */
import { joinContracts, type Snapshot } from '@concord-rpc/contract';
import { compileContract, contractDocument } from '@concord-rpc/core';
import { classValidation } from '@concord-rpc/validation';
import { CommandFailure } from '../console/command-failure';
import { commandVersion } from '../console/command-version';
import { loadClasses } from './load-classes';

/**
 * The contract of the classes that modules export.
 *
 * @throws CommandFailure if a module cannot be loaded, or a contract in it is wrong.
 */
export async function contractOfCode(root: string, entries: readonly string[]): Promise<Snapshot> {
  const found = await loadClasses(root, entries);
  const contracts = found.map(({ type, entry }) => {
    try {
      return contractDocument([compileContract(type, classValidation)]) as Snapshot;
    } catch (thrown) {
      throw new CommandFailure(`${entry}: ${(thrown as Error).message}`);
    }
  });
  const generator = { concord: commandVersion(), source: 'runtime' };
  return { ...joinContracts(contracts), generator };
}

/** The check of the contract classes of a project: whether their modules load, and whether the classes are valid. */
import { compileContract } from '@concord-rpc/core/engine';
import { classValidation } from '@concord-rpc/validation';
import { CommandFailure } from '../../console/command-failure';
import { counted } from '../../console/plural';
import { type DoctorCheck, notChecked, ok, type Result, wrong } from '../../diagnosis/check';
import { type FoundClass, loadClasses } from '../../project/load-classes';
import type { ProjectFacts } from './project-facts';

/** The check of contract classes. It applies if the settings name modules. */
export const CONTRACT_CHECKS: readonly DoctorCheck<ProjectFacts>[] = [{ name: 'contracts', run: contracts }];

async function contracts({ root, entries, sources }: ProjectFacts): Promise<readonly Result[]> {
  if (entries.length === 0) {
    if (sources.files === 0) return [];
    return notChecked(
      'concord.config.json names no modules of contract classes',
      'list them under entries, for example ["dist/ports-api.js"]',
    );
  }
  const found = await loadClasses(root, entries).catch((thrown: unknown) => {
    if (thrown instanceof CommandFailure) return thrown;
    throw thrown;
  });
  if (found instanceof CommandFailure) return wrong(found.message, found.remedy ?? 'correct entries in concord.config.json');
  const problems = found.flatMap(problemsOf);
  return problems.length > 0 ? problems : ok(`${counted(found.length, 'contract class').replace('classs', 'classes')}, valid`);
}

/** The mistakes of a contract. Names that a minifier may have given are among them. */
function problemsOf({ type, entry }: FoundClass): readonly Result[] {
  try {
    compileContract(type, classValidation);
    return [];
  } catch (thrown) {
    const [first, ...others] = (thrown as Error).message.split('\n');
    const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'line')} more: concord contract snapshot)`;
    return wrong(
      `${entry}: ${first}${more}`,
      'correct the contract as the message says; the page Toolchains has the settings of compilers',
    );
  }
}

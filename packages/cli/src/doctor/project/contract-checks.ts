/** Checks of the contract classes of a project: whether their modules load, whether they are valid, and whether they have their own names. */
import { compileContract, contractDocument } from '@concord-rpc/core/engine';
import { classValidation } from '@concord-rpc/validation';
import { CommandFailure } from '../../console/command-failure';
import { counted } from '../../console/plural';
import { type DoctorCheck, notChecked, ok, type Result, wrong } from '../../diagnosis/check';
import { type FoundClass, loadClasses } from '../../project/load-classes';
import type { ProjectFacts } from './project-facts';

/** The longest name that a minifier usually gives. */
const SHORT = /^[A-Za-z_$]{1,2}$/;

/** The checks of contract classes. They apply if the settings name modules. */
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

function problemsOf({ type, entry, exportName }: FoundClass): readonly Result[] {
  try {
    const document = contractDocument([compileContract(type, classValidation)]);
    const [key = ''] = Object.keys(document.endpoints);
    const name = key.slice(0, key.lastIndexOf('@'));
    if (!SHORT.test(name)) return [];
    return wrong(
      `${entry}: the contract ${exportName} is called ${name}, which a minifier may have given`,
      'write @Endpoint({ name }), or build with the names of classes (esbuild --keep-names)',
    );
  } catch (thrown) {
    const [first, ...others] = (thrown as Error).message.split('\n');
    const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'line')} more: concord contract snapshot)`;
    return wrong(
      `${entry}: ${first}${more}`,
      'correct the contract as the message says; docs/guides/toolchains.md has the settings of compilers',
    );
  }
}

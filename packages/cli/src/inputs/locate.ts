/** Finds the declarations that findings are about: in sources, or in the text of the contract file that they came from. */
import { type Location, locateIn } from '@concord-rpc/evolution';
import { type ContractSources, locateInSources } from '@concord-rpc/sources';
import type { Project, ReadContract } from '../project/project';

/** The sources of a project's contract, if they are known. */
export interface ProjectSources {
  readonly project: Project;
  readonly sources: ContractSources | undefined;
}

/** Where paths stand; nothing for a contract that is no text and has no sources. */
export function locatorOf(
  { text, name }: Pick<ReadContract, 'text' | 'name'>,
  code?: ProjectSources,
): { locate?: (path: string) => Location | undefined } {
  const inFile = text === undefined ? () => undefined : locateIn(text);
  const inSources = code?.sources === undefined ? undefined : locateInSources(code.sources);
  if (text === undefined && inSources === undefined) return {};
  return {
    locate: (path) => {
      const declared = path.includes('#') ? undefined : inSources?.(path); // releases stand in the contract file alone
      if (declared !== undefined) return { ...declared, file: slashed(code!.project.shown(declared.file)) };
      const position = inFile(path);
      return position && { file: slashed(name), ...position };
    },
  };
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

/** File, line and column of findings: in the sources, or in the contract file. */
import { type Location, locateIn } from '@concord-rpc/evolution';
import { type ContractSources, locateInSources } from '@concord-rpc/sources';
import type { LoadedContract, Project } from '../project/project';

/** The sources of a project's contract; `undefined` if they were not read. */
export interface ProjectSources {
  readonly project: Project;
  readonly sources: ContractSources | undefined;
}

/** Returns the `locate` function of a report; an empty object if the contract has neither a text nor sources. */
export function locatorOf(
  { text, name }: Pick<LoadedContract, 'text' | 'name'>,
  code?: ProjectSources,
): { locate?: (path: string) => Location | undefined } {
  const inFile = text === undefined ? () => undefined : locateIn(text);
  const inSources = code?.sources === undefined ? undefined : locateInSources(code.sources);
  if (text === undefined && inSources === undefined) return {};
  return {
    locate: (path) => {
      const declared = path.includes('#') ? undefined : inSources?.(path); // only the contract file has releases
      if (declared !== undefined) return { ...declared, file: slashed(code!.project.shown(declared.file)) };
      const position = inFile(path);
      return position && { file: slashed(name), ...position };
    },
  };
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Finds the declarations that findings are about, in the text of the contract file that they came from. */
import { type Location, locateIn } from '@concord-rpc/contract';
import type { ReadContract } from '../project/project';

/** Where paths stand in a contract that was read; nothing for one that is no text. */
export function locatorOf({ text, name }: Pick<ReadContract, 'text' | 'name'>): {
  locate?: (path: string) => Location | undefined;
} {
  if (text === undefined) return {};
  const find = locateIn(text);
  return {
    locate: (path) => {
      const position = find(path);
      return position && { file: name.replaceAll('\\', '/'), ...position };
    },
  };
}

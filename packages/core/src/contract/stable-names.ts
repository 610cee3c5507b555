/** Refuses names of classes that a minifier may have given, because peers and contract files would get another name from each build. */

/** Minifiers give the shortest free names. */
const LONGEST_SHORT = 2;

/** Returns whether the name of a class can be that of a minifier. */
export function isUnstable(className: string): boolean {
  return className !== '' && className.length <= LONGEST_SHORT;
}

/** Why an unstable name is refused, before the line to write. */
export const UNSTABLE = 'a name of one or two letters, which a minifier may have given, and which differs between builds';

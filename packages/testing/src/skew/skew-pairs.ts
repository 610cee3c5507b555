/** The pairs of versions that a table of tests runs. */

/** Returns every client version with every server version that is at most `distance` entries away in the list, in the order of the list. */
export function skewPairs(versions: readonly string[], distance = 1): { readonly client: string; readonly server: string }[] {
  return versions.flatMap((client, index) =>
    versions.filter((_, other) => Math.abs(other - index) <= distance).map((server) => ({ client, server })),
  );
}

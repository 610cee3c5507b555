/** The options with which the schemas of files are compiled. */

/**
 * The schemas of this package are valid and are used once or twice, so checking and optimising them would cost more than it
 * saves.
 */
export const CHECK_OPTIONS = { strict: false, verbose: true, validateSchema: false, code: { optimize: false } } as const;

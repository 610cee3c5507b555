/** The parts of Vitest that its entry uses, so that this repository compiles without Vitest. Not published: users have the real types. */
declare module 'vitest' {
  /** The matchers of `expect`, which the entry extends. */
  interface Matchers<T = any> {}
  export const expect: { extend(matchers: object): void };
}

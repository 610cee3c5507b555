/** The flags of compilers that decorators need. */

/** A flag: its place in a file, and its value. */
export interface CompilerFlag {
  readonly path: readonly string[];
  readonly value: boolean;
}

/** The flags in tsconfig.json. */
export const TSCONFIG_FLAGS: readonly CompilerFlag[] = [
  { path: ['compilerOptions', 'experimentalDecorators'], value: true },
  { path: ['compilerOptions', 'emitDecoratorMetadata'], value: true },
  { path: ['compilerOptions', 'useDefineForClassFields'], value: false },
];

/** The same flags in .swcrc. */
export const SWC_FLAGS: readonly CompilerFlag[] = [
  { path: ['jsc', 'parser', 'decorators'], value: true },
  { path: ['jsc', 'transform', 'legacyDecorator'], value: true },
  { path: ['jsc', 'transform', 'decoratorMetadata'], value: true },
  { path: ['jsc', 'transform', 'useDefineForClassFields'], value: false },
  { path: ['jsc', 'keepClassNames'], value: true },
];

/** Lets a process of a test be written in TypeScript with decorators: `node -r ./read-typescript.cjs program.ts`. Packages are taken as built. */
const { transformFileSync } = require('@swc/core');

const OPTIONS = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2022',
    keepClassNames: true,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, OPTIONS).code, file);

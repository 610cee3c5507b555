/**
 * Settings of the tests: swc compiles as tsc does, packages are taken from their sources.
 * @jest-config-loader esbuild-register
 */
import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/scripts/print-nats-server.cjs',
  maxWorkers: Math.max(4, availableParallelism() - 1), // most files wait for a broker or for a process, so four share two cores
  workerIdleMemoryLimit: '640MB', // modules of ended files stay in memory, and collections of garbage become slow
  testTimeout: 60_000, // a busy machine makes a test slow, not wrong; what has a bound of its own states it
  roots: ['<rootDir>/packages', '<rootDir>/tests', '<rootDir>/examples'],
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/packages/create/templates/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          target: 'es2022',
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^concord-rpc$': '<rootDir>/packages/concord-rpc/src',
    '^concord-rpc/observe$': '<rootDir>/packages/concord-rpc/src/observe',
    '^@concord-rpc/testing/jest$': '<rootDir>/packages/testing/src/jest',
    '^@concord-rpc/core/(engine|wire)$': '<rootDir>/packages/core/src/$1',
    '^@concord-rpc/([^/]+)$': '<rootDir>/packages/$1/src',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  coverageProvider: 'v8',
};

export default config;

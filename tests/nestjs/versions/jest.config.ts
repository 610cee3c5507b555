/**
 * Settings of the tests for NestJS with the release in `NESTJS`, `11` or `12`, from the folder of that name.
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';
import base from '../../../jest.config';

const release = process.env.NESTJS ?? '11';
const [, swc] = (base.transform as { '^.+\\.ts$': [string, object] })['^.+\\.ts$'];

const config: Config = {
  ...base,
  rootDir: '../../..',
  roots: ['<rootDir>/packages', '<rootDir>/tests'],
  testMatch: ['<rootDir>/tests/nestjs/*.spec.ts'],
  // NestJS 12 is made of ES modules, which Jest cannot require on Node 20: swc turns them into CommonJS
  transform: {
    '^.+\\.ts$': ['@swc/jest', swc],
    '/@nestjs/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' }],
  },
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/)'],
  moduleNameMapper: {
    '^(@nestjs/.+|rxjs|rxjs/.+|reflect-metadata)$': `<rootDir>/tests/nestjs/versions/${release}/node_modules/$1`,
    ...base.moduleNameMapper,
  },
};

export default config;

/** Errors in a contract: what of them is described, and declarations that are refused when the contract is registered. */
import 'reflect-metadata';
import { compileContract } from '@concord-rpc/core/engine';
import { classValidation } from '@concord-rpc/validation';
import { Type } from 'class-transformer';
import { Allow, IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { type Class, contractOf, Endpoint, isRpcError, RpcError, RpcMethod, type RpcMethodOptions, Since } from 'concord-rpc';

class Subnet {
  @IsString() cidr!: string;
}
class NetworkNotFound extends Error {
  @IsString() networkId: string;
  @IsInt() @Min(400) status = 404;
  @Since('1.2') @IsOptional() @ValidateNested() @Type(() => Subnet) subnet?: Subnet;
  @IsOptional() @Allow() id?: unknown;
  undeclared = 'x';

  constructor(network: { id: string }) {
    super();
    this.networkId = network.id;
  }
}
class NetworkDeleted extends NetworkNotFound {}
class Busy extends Error {}
class $Odd extends Error {}

function contract(options: RpcMethodOptions): Class {
  @Endpoint({ topic: 'nets', version: '1.3' })
  class Nets {
    @RpcMethod({ since: '1.1', ...options }) get(): void {}
  }
  return Nets;
}

test('errors are described by name, with what they say of themselves and their data as a type', () => {
  const { endpoints, types } = contractOf(
    contract({
      errors: [NetworkNotFound, { type: Busy, since: '1.3', retryable: true }, { type: $Odd, since: '1.1', name: 'Odd' }],
      expected: [Busy, RangeError, Error],
    }),
  );
  expect(endpoints['Nets@1']!.methods.get).toEqual({
    mode: 'any',
    since: '1.1',
    args: [],
    errors: {
      Busy: { since: '1.3', retryable: true },
      NetworkNotFound: { retryable: false, data: { $ref: '#/types/NetworkNotFound' } },
      Odd: { retryable: false },
    },
    returns: {}, // not declared: it may be anything
  });
  expect(Object.keys(endpoints['Nets@1']!.methods.get!.errors!)).toEqual(['Busy', 'NetworkNotFound', 'Odd']);
  expect(types).toEqual({
    NetworkNotFound: {
      type: 'object',
      properties: {
        id: {},
        networkId: { type: 'string' },
        status: { type: 'integer', minimum: 400 },
        subnet: { $ref: '#/types/Subnet', 'x-since': '1.2' },
      },
      required: ['networkId', 'status'], // only a constructor sets the value: it is missing when the constructor is not called
    },
    Subnet: { type: 'object', properties: { cidr: { type: 'string' } }, required: ['cidr'] },
  });
});

test('one class in several methods is described once; a subclass has the fields of its parent', () => {
  @Endpoint({ topic: 'nets', version: '1.2' })
  class Nets {
    @RpcMethod({ errors: [NetworkNotFound] }) get(): void {}
    @RpcMethod({ errors: [NetworkDeleted, NetworkNotFound] }) change(): void {}
  }
  const { types } = contractOf(Nets);
  expect(Object.keys(types!)).toEqual(['NetworkDeleted', 'NetworkNotFound', 'Subnet']);
  expect(types!.NetworkDeleted).toEqual(types!.NetworkNotFound);
});

test('registering runs no constructor of an error class', () => {
  let runs = 0;
  class Counting extends Error {
    @IsString() text = `${++runs}`;
  }
  compileContract(contract({ errors: [Counting], expected: [Counting] }), classValidation);
  expect(runs).toBe(0);
});

test('a method that says nothing of errors is described without them', () => {
  for (const options of [{}, { errors: [] }, { expected: [Busy] }]) {
    expect(contractOf(contract(options)).endpoints['Nets@1']!.methods.get).not.toHaveProperty('errors');
  }
});

/** An error class with one field, for mistakes in it. */
function withField(name: string, ...decorators: PropertyDecorator[]): Class<Error> {
  class Faulty extends Error {
    get short(): string {
      return '';
    }
  }
  for (const decorate of decorators) decorate(Faulty.prototype, name);
  return Faulty;
}
const taken = (name: string) =>
  `[invalid_contract] Faulty.${name} (error Faulty of Nets.get) cannot be a field of the error's data: every error has its own "${name}", or the class has an accessor or method of that name; rename the field`;
const otherBusy = { Busy: class extends Error {} }.Busy;
const noClass = [
  ['a text', 'Busy', '"Busy"'],
  ['a class that is no error', Subnet, 'Subnet'],
  ['a function', () => undefined, 'a function'],
  ['null', null, 'null'],
  ['an instance', new Busy(), 'undefined'],
  ['a detail without type', { since: '1.2' }, 'undefined'],
] as const;

/** Rows: the mistake, the options of the method, and the error text. */
const MISTAKES: [string, RpcMethodOptions, string][] = [
  ...noClass.map(([what, error, shown]): [string, RpcMethodOptions, string] => [
    `declared: ${what}`,
    { errors: [error as never] },
    `[invalid_contract] Nets.get declares the error ${shown}, which is not a class that extends Error`,
  ]),
  [
    'expected: no error class',
    { expected: [Subnet as never] },
    '[invalid_contract] Nets.get expects Subnet, which is not a class that extends Error',
  ],
  [
    'Error itself',
    { errors: [Error] },
    '[invalid_contract] Nets.get declares the error Error, which is not a class that extends Error',
  ],
  ...[TypeError, RpcError].map((type): [string, RpcMethodOptions, string] => [
    type.name,
    { errors: [type] },
    `[invalid_contract] Nets.get declares ${type.name}, which other code throws too, with texts that are not for callers: declare a class of your own that extends it`,
  ]),
  [
    'two of one name',
    { errors: [Busy, otherBusy] },
    '[invalid_contract] Nets.get declares two errors called Busy: give one another name, as { type, name }',
  ],
  [
    'one of two names',
    { errors: [Busy, { type: Busy, name: 'Engaged' }] },
    '[invalid_contract] Nets.get declares Busy twice, as Busy and as Engaged',
  ],
  ...[
    ['$Odd', { type: $Odd }],
    ['a.b', { type: Busy, name: 'a.b' }],
    ['9', { type: Busy, name: '9' }],
    ['', { type: (() => class extends Error {})() }],
    ['ü', { type: Busy, name: 'ü' }],
  ].map(([name, error]): [string, RpcMethodOptions, string] => [
    `the name ${JSON.stringify(name)}`,
    { errors: [error as { type: Class<Error> }] },
    `[invalid_contract] Nets.get declares an error called ${JSON.stringify(name)}; an error name has 1 to 64 letters, digits or "_", and does not begin with a digit: give it a name, as { type, name }`,
  ]),
  [
    'since above the version',
    { errors: [{ type: Busy, since: '1.4' }] },
    "[invalid_contract] Nets.get (error Busy) has since 1.4, above the endpoint's version 1.3: raise the version of @Endpoint",
  ],
  [
    'since of another major',
    { errors: [{ type: Busy, since: '2.0' }] },
    "[invalid_contract] Nets.get (error Busy) has since 2.0, which is of another major than the endpoint's version 1.3",
  ],
  [
    'since before the method',
    { errors: [{ type: Busy, since: '1.0' }] },
    '[invalid_contract] Nets.get (error Busy) has since 1.0, before its method, which was added in 1.1',
  ],
  [
    'since that is no version',
    { errors: [{ type: Busy, since: '1' }] },
    '[invalid_version] since of Nets.get (error Busy) must be "major.minor", two integers such as "1.2" (no leading zeros, spaces, signs, revisions or suffixes); got "1"',
  ],
  ...(['cast', 'fanout'] as const).map((mode): [string, RpcMethodOptions, string] => [
    `mode ${mode}`,
    { mode, errors: [Busy] },
    `[invalid_contract] Nets.get has mode "${mode}", which has no response, and declares errors`,
  ]),
  ...['message', 'name', 'stack', 'code', 'data', 'executed', 'toString', 'short'].map(
    (name): [string, RpcMethodOptions, string] => [
      `a field called ${name}`,
      { errors: [withField(name, IsString() as PropertyDecorator)] },
      taken(name),
    ],
  ),
  ['@Since on a field of every error', { errors: [withField('cause', Since('1.2') as PropertyDecorator)] }, taken('cause')],
  [
    'a field whose type is not known',
    { errors: [withField('subnet', ValidateNested() as PropertyDecorator)] },
    '[invalid_contract] Faulty.subnet (error Faulty of Nets.get) has no known type: its type is erased at run time (reflection gives nothing). For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }',
  ],
  [
    '@Since without validator',
    { errors: [withField('why', Since('1.2') as PropertyDecorator)] },
    '[invalid_contract] Faulty.why has @Since and no class-validator decorator, so it would be removed as an unknown property: add, for example, @IsOptional() @IsString()',
  ],
  [
    'a late field that is required',
    { errors: [withField('why', IsString() as PropertyDecorator, Since('1.2') as PropertyDecorator)] },
    '[invalid_contract] Faulty.why was added in minor 2 and is required: servers of an older version (error Faulty of Nets.get, minor 1) do not send it; add @IsOptional()',
  ],
];

test.each(MISTAKES)('refused: %s', (_what, options, sentence) => {
  let thrown: unknown;
  try {
    contractOf(contract(options));
  } catch (error) {
    thrown = error;
  }
  if (!isRpcError(thrown)) throw thrown ?? new Error('nothing was refused');
  expect(thrown.message).toBe(sentence);
});

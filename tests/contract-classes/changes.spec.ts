/** Values and limits that came later, and backports: what of them is refused when the contract is registered. */
import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import {
  Arg,
  type ArgOptions,
  Backport,
  type Class,
  contractOf,
  Endpoint,
  RpcMethod,
  remote,
  Since,
  type SinceOptions,
} from 'concord-rpc';

function contractWith(decorate: (type: Class) => void): Class {
  class Port {
    @IsIn(['UP', 'DOWN', 'DRAINING']) status!: string;
    @IsOptional() @IsInt() mtu?: number;
    @IsOptional() @IsString() name?: string;
    static old(port: Port): Port {
      return port;
    }
  }
  decorate(Port);
  @Endpoint({ topic: 'changes', version: '1.3', name: 'Ports' })
  abstract class Ports {
    @RpcMethod({ returns: Port }) update(_port: Port): Promise<Port> {
      return remote();
    }
  }
  Reflect.defineMetadata('design:paramtypes', [Port], Ports.prototype, 'update');
  return Ports;
}

const since = (field: string, version: string, options: object) =>
  contractWith(({ prototype }) => Since(version, options as SinceOptions)(prototype as object, field));

test.each<[string, Class, string]>([
  [
    'a value that the field does not have',
    since('status', '1.2', { values: ['LOST'] }),
    'Port.status has @Since of the value "LOST", and its values are "DOWN", "DRAINING", "UP"',
  ],
  [
    'a fallback that the field does not have',
    since('status', '1.2', { values: ['DRAINING'], fallback: 'GONE' }),
    'Port.status has @Since of the value "GONE", and its values are "DOWN", "DRAINING", "UP"',
  ],
  [
    'values of a field without a list of them',
    since('name', '1.2', { values: ['a'] }),
    'Port.name has @Since of the value "a", and it has no list of values: add @IsEnum or @IsIn',
  ],
  [
    'a fallback that is not older',
    contractWith(({ prototype }) => {
      Since('1.2', { values: ['DRAINING'], fallback: 'DOWN' })(prototype as object, 'status');
      Since('1.3', { values: ['DOWN'] })(prototype as object, 'status');
    }),
    'Port.status has "DOWN" as fallback of "DRAINING", which is not the older of the two',
  ],
  [
    'a fallback that is the value itself',
    since('status', '1.2', { values: ['DRAINING'], fallback: 'DRAINING' }),
    'Port.status has "DRAINING" as fallback of "DRAINING", which is not the older of the two',
  ],
  ['limits that are none', since('mtu', '1.2', { was: {} }), 'Port.mtu says what its limits were, and names none'],
  [
    'a limit that is not known',
    since('mtu', '1.2', { was: { pattern: '^a' } }),
    'Port.mtu says what its limits were, and "pattern" is none of minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems, maxItems, items',
  ],
  [
    'a limit that is no number',
    since('mtu', '1.2', { was: { maximum: '5' } }),
    'Port.mtu says what its limits were, and maximum is "5"',
  ],
  [
    'a limit of items that is no number',
    since('mtu', '1.2', { was: { items: { maxLength: Number.NaN } } }),
    'Port.mtu says what its limits were, and maxLength is NaN',
  ],
  [
    'a version above that of the endpoint',
    since('mtu', '1.4', { was: { maximum: 5 } }),
    "Ports: Port.mtu says since 1.4, above the endpoint's version 1.3: raise the version of @Endpoint",
  ],
  [
    'changes of a field that is not declared',
    since('nothing', '1.2', { was: { maximum: 5 } }),
    'Port.nothing has @Since and no class-validator decorator, so it would be taken for an unknown property: add for instance @IsOptional() @IsString()',
  ],
  [
    'a backport that is no static method',
    contractWith(({ prototype }) => Backport('1.2')(prototype as object, 'name')),
    'Port: @Backport on name, which is not a static method',
  ],
  [
    'a backport to a version that is not there yet',
    contractWith((type) => Backport('1.9')(type, 'old', Object.getOwnPropertyDescriptor(type, 'old'))),
    "Ports: Port.old says since 1.9, above the endpoint's version 1.3: raise the version of @Endpoint",
  ],
])('%s', (_what, contract, sentence) => {
  expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
});

function argumentWith(options: ArgOptions, version?: string, since?: SinceOptions, type: unknown = Number): Class {
  @Endpoint({ topic: 'changes', version: '1.3', name: 'Ports' })
  abstract class Ports {
    @RpcMethod() update(@Arg(options) _mtu: unknown): Promise<void> {
      return remote();
    }
  }
  Reflect.defineMetadata('design:paramtypes', [type], Ports.prototype, 'update');
  if (version !== undefined) Since(version, since)(Ports.prototype, 'update', 0);
  return Ports;
}

test.each<[string, Class, string]>([
  [
    'a value that the argument does not have',
    argumentWith({ enum: ['UP'] }, '1.2', { values: ['LOST'] }),
    'Ports.update(mtu) has @Since of the value "LOST", and its values are "UP"',
  ],
  [
    'values of an argument without a list of them',
    argumentWith({}, '1.2', { values: [5] }),
    'Ports.update(mtu) has @Since of the value 5, and it has no list of values: add @Arg({ enum: […] })',
  ],
  [
    'an argument that was required and still is',
    argumentWith({ optional: false }, '1.2', { was: { required: true } }),
    'Ports.update(mtu) was required before 1.2, and still is: add @Arg({ optional: true })',
  ],
  ['a limit of another type', argumentWith({ maxLength: 5 }), 'Ports.update(mtu) has maxLength, which is a limit of a text'],
  ['a limit that is no number', argumentWith({ maximum: Number.NaN }), 'Ports.update(mtu) has limits, and maximum is NaN'],
  [
    'values of another type',
    argumentWith({ enum: ['a', 5] }),
    'Ports.update(mtu) has the list of values an array, which is no list of values of its type',
  ],
  [
    'no values at all',
    argumentWith({ enum: [] }, undefined, undefined, String),
    'Ports.update(mtu) has the list of values an array, which is no list of values of its type',
  ],
  [
    'limits of what is taken unchecked',
    argumentWith({ unchecked: true, maximum: 5 }),
    'Ports.update(mtu) has limits and is taken unchecked: say its type',
  ],
  [
    'limits of items that are those of another type',
    argumentWith({ type: [String], items: { maximum: 5 } }),
    'Ports.update(mtu) has maximum, which is a limit of a number',
  ],
])('of an argument: %s', (_what, contract, sentence) => {
  expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
});

test.each<[string, Class, string]>([
  [
    'a field that was required and still is',
    since('status', '1.2', { was: { required: true } }),
    'Port.status was required before 1.2, and still is: add @IsOptional()',
  ],
  [
    'a field that was required before it came',
    contractWith(({ prototype }) => {
      Since('1.2')(prototype as object, 'mtu');
      Since('1.2', { was: { required: true } })(prototype as object, 'mtu');
    }),
    'Port.mtu was required before 1.2, and is no older than that',
  ],
  [
    'what is no change',
    since('mtu', '1.2', { was: { required: false } }),
    'Port.mtu says that required was false; only true is a change',
  ],
])('of what had to be there: %s', (_what, contract, sentence) => {
  expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
});

test('the contract document tells what became of arguments and fields', () => {
  const { endpoints, types } = contractOf(
    contractWith(({ prototype }) => {
      Since('1.2', { was: { required: true, maximum: 5 } })(prototype as object, 'mtu');
      Since('1.3', { was: { required: true } })(prototype as object, 'name');
    }),
  );
  expect(endpoints['Ports@1']!.methods.update!.args).toEqual([{ name: 'port', schema: { $ref: '#/types/Port' } }]);
  expect((types!.Port as { properties: object }).properties).toMatchObject({
    mtu: { 'x-was': [{ before: '1.2', required: true, schema: { type: 'integer', maximum: 5 } }] },
    name: { 'x-was': [{ before: '1.3', required: true }] },
  });
  const listed = argumentWith({ enum: ['a', 'b'], maxLength: 9 }, '1.2', {
    values: ['b'],
    was: { maxLength: 4, required: true },
  });
  expect(contractOf(listed).endpoints['Ports@1']!.methods.update!.args).toEqual([
    {
      name: 'mtu',
      required: false,
      was: [{ before: '1.2', required: true }],
      schema: {
        type: 'string',
        enum: ['a', 'b'],
        maxLength: 9,
        'x-enum-since': { b: '1.2' },
        'x-was': [{ before: '1.2', schema: { type: 'string', enum: ['a', 'b'], maxLength: 4, 'x-enum-since': { b: '1.2' } } }],
      },
    },
  ]);
});

test('limits that changed twice were both narrower before the first time', () => {
  const contract = contractWith(({ prototype }) => {
    Since('1.2', { was: { minimum: 2 } })(prototype as object, 'mtu');
    Since('1.3', { was: { maximum: 50 } })(prototype as object, 'mtu');
  });
  const { Port } = contractOf(contract).types as Record<string, { properties: Record<string, object> }>;
  expect(Port!.properties.mtu).toMatchObject({
    'x-was': [
      { before: '1.3', schema: { type: 'integer', maximum: 50 } },
      { before: '1.2', schema: { type: 'integer', minimum: 2, maximum: 50 } },
    ],
  });
});

test('a DTO that endpoints share says for each of them when its values and limits changed', () => {
  const contract = contractWith(({ prototype }) => {
    Since({ Ports: '1.2', Others: '2.1' }, { was: { maximum: 5 } })(prototype as object, 'mtu');
    Since({ Others: '2.1' }, { values: ['DRAINING'] })(prototype as object, 'status');
  });
  const { Port } = contractOf(contract).types as Record<string, { properties: Record<string, object> }>;
  expect(Port!.properties.mtu).toMatchObject({ 'x-was': [{ before: '1.2', schema: { maximum: 5 } }] });
  expect(Port!.properties.status).not.toHaveProperty('x-enum-since');
});

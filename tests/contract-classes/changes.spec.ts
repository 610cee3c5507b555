/** Values and limits that came later, and backports: what of them is refused when the contract is registered. */
import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import {
  Arg,
  type ArgOptions,
  Backport,
  type Class,
  contractOf,
  Endpoint,
  LimitsBefore,
  RequiredBefore,
  RpcMethod,
  remote,
  Since,
  type SinceOptions,
  type ValueLimits,
  ValuesSince,
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

type Decorator = ReturnType<typeof RequiredBefore>;

const marked = (field: string, decorator: Decorator) => contractWith(({ prototype }) => decorator(prototype as object, field));

test.each<[string, Class, string]>([
  [
    'a value that the field does not have',
    marked('status', ValuesSince('1.2', ['LOST'])),
    'Port.status has @ValuesSince with "LOST", which is not one of its values: "DOWN", "DRAINING", "UP"',
  ],
  [
    'a fallback that the field does not have',
    marked('status', ValuesSince('1.2', ['DRAINING'], { fallback: 'GONE' })),
    'Port.status has @ValuesSince with "GONE", which is not one of its values: "DOWN", "DRAINING", "UP"',
  ],
  [
    'values of a field without a list of them',
    marked('name', ValuesSince('1.2', ['a'])),
    'Port.name has @ValuesSince, but no list of values: add @IsEnum or @IsIn',
  ],
  [
    'a fallback that is not older',
    contractWith(({ prototype }) => {
      ValuesSince('1.2', ['DRAINING'], { fallback: 'DOWN' })(prototype as object, 'status');
      ValuesSince('1.3', ['DOWN'])(prototype as object, 'status');
    }),
    'Port.status has the fallback "DOWN" for "DRAINING": a fallback must be older than the value',
  ],
  [
    'a fallback that is the value itself',
    marked('status', ValuesSince('1.2', ['DRAINING'], { fallback: 'DRAINING' })),
    'Port.status has the fallback "DRAINING" for "DRAINING": a fallback must be older than the value',
  ],
  ['limits that are none', marked('mtu', LimitsBefore('1.2', {})), 'Port.mtu has @LimitsBefore, but names no limit'],
  [
    'a limit that is not known',
    marked('mtu', LimitsBefore('1.2', { pattern: '^a' } as ValueLimits)),
    'Port.mtu has @LimitsBefore, but "pattern" is not a limit; limits are minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems, maxItems, items',
  ],
  [
    'a limit that is no number',
    marked('mtu', LimitsBefore('1.2', { maximum: '5' } as object)),
    'Port.mtu has @LimitsBefore, but maximum must be a finite number; got "5"',
  ],
  [
    'a limit of items that is no number',
    marked('mtu', LimitsBefore('1.2', { items: { maxLength: Number.NaN } })),
    'Port.mtu has @LimitsBefore, but maxLength must be a finite number; got NaN',
  ],
  [
    'a version above that of the endpoint',
    marked('mtu', LimitsBefore('1.4', { maximum: 5 })),
    "Ports: Port.mtu has since 1.4, above the endpoint's version 1.3: raise the version of @Endpoint",
  ],
  [
    'changes of a field that is not declared',
    marked('nothing', LimitsBefore('1.2', { maximum: 5 })),
    'Port.nothing has @LimitsBefore and no class-validator decorator, so it would be removed as an unknown property: add, for example, @IsOptional() @IsString()',
  ],
  [
    'a backport that is no static method',
    contractWith(({ prototype }) => Backport('1.2')(prototype as object, 'name')),
    'Port has @Backport on name, which is not a static method',
  ],
  [
    'a backport to a version that is not there yet',
    contractWith((type) => Backport('1.9')(type, 'old', Object.getOwnPropertyDescriptor(type, 'old'))),
    "Ports: Port.old has since 1.9, above the endpoint's version 1.3: raise the version of @Endpoint",
  ],
])('%s', (_what, contract, sentence) => {
  expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
});

function argumentWith(options: ArgOptions, decorators: readonly Decorator[] = [], type: unknown = Number): Class {
  @Endpoint({ topic: 'changes', version: '1.3', name: 'Ports' })
  abstract class Ports {
    @RpcMethod() update(@Arg(options) _mtu: unknown): Promise<void> {
      return remote();
    }
  }
  Reflect.defineMetadata('design:paramtypes', [type], Ports.prototype, 'update');
  for (const decorate of decorators) decorate(Ports.prototype, 'update', 0);
  return Ports;
}

test.each<[string, Class, string]>([
  [
    'a value that the argument does not have',
    argumentWith({ enum: ['UP'] }, [ValuesSince('1.2', ['LOST'])]),
    'Ports.update(mtu) has @ValuesSince with "LOST", which is not one of its values: "UP"',
  ],
  [
    'values of an argument without a list of them',
    argumentWith({}, [ValuesSince('1.2', [5])]),
    'Ports.update(mtu) has @ValuesSince, but no list of values: add @Arg({ enum: […] })',
  ],
  [
    'an argument that was required and still is',
    argumentWith({ optional: false }, [RequiredBefore('1.2')]),
    "Ports.update(mtu) has @RequiredBefore('1.2') and is still required: add @Arg({ optional: true })",
  ],
  ['a limit of another type', argumentWith({ maxLength: 5 }), 'Ports.update(mtu) has maxLength, which is a limit of a string'],
  [
    'a limit that is no number',
    argumentWith({ maximum: Number.NaN }),
    'Ports.update(mtu) has limits, but maximum must be a finite number; got NaN',
  ],
  [
    'values of another type',
    argumentWith({ enum: ['a', 5] }),
    'Ports.update(mtu) has enum an array, which must be a list of values of its type',
  ],
  [
    'no values at all',
    argumentWith({ enum: [] }, [], String),
    'Ports.update(mtu) has enum an array, which must be a list of values of its type',
  ],
  [
    'limits of what is taken unchecked',
    argumentWith({ unchecked: true, maximum: 5 }),
    'Ports.update(mtu) has limits and is unchecked: state its type',
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
    marked('status', RequiredBefore('1.2')),
    "Port.status has @RequiredBefore('1.2') and is still required: add @IsOptional()",
  ],
  [
    'a field that was required before it came',
    contractWith(({ prototype }) => {
      Since('1.2')(prototype as object, 'mtu');
      RequiredBefore('1.2')(prototype as object, 'mtu');
    }),
    "Port.mtu has @RequiredBefore('1.2') and was added in 1.2: it was never required",
  ],
])('of what had to be there: %s', (_what, contract, sentence) => {
  expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
});

const older = (options: object) => Since('1.2', options as SinceOptions);

test.each<[string, Class, string]>([
  [
    'values',
    marked('status', older({ values: ['DRAINING'], fallback: 'DOWN' })),
    "Port has @Since with values, fallback or was on status: write @ValuesSince('1.2', ['DRAINING'], { fallback: 'DOWN' })",
  ],
  [
    'limits and being required',
    marked('mtu', older({ was: { maximum: 1500, items: { maxLength: 4 }, required: true } })),
    "Port has @Since with values, fallback or was on mtu: write @LimitsBefore('1.2', { maximum: 1500, items: { maxLength: 4 } }) @RequiredBefore('1.2')",
  ],
  [
    'versions of several endpoints',
    marked('status', Since({ Ports: '1.2', Others: '2.1' }, { values: ["it's", 5] } as SinceOptions)),
    "Port has @Since with values, fallback or was on status: write @ValuesSince({ Ports: '1.2', Others: '2.1' }, ['it\\'s', 5])",
  ],
  [
    'an argument',
    argumentWith({}, [older({ was: { required: true } })]),
    "Ports has @Since with values, fallback or was on argument 0 of update: write @RequiredBefore('1.2')",
  ],
])(
  '@Since has lost its options about values and limits, and names the decorator that took over: %s',
  (_what, contract, sentence) => {
    expect(() => contractOf(contract)).toThrow(`[invalid_contract] ${sentence}`);
  },
);

test('a decorator of the history of a value has no place on a method', () => {
  @Endpoint({ topic: 'changes', version: '1.3' })
  class Ports {
    @RequiredBefore('1.2') @RpcMethod() list(): void {}
  }
  expect(() => contractOf(Ports)).toThrow(
    '[invalid_contract] Ports has @RequiredBefore on the method list: it belongs on an argument or a field',
  );
});

test('the contract document tells what became of arguments and fields', () => {
  const { endpoints, types } = contractOf(
    contractWith(({ prototype }) => {
      RequiredBefore('1.2')(prototype as object, 'mtu');
      LimitsBefore('1.2', { maximum: 5 })(prototype as object, 'mtu');
      RequiredBefore('1.3')(prototype as object, 'name');
    }),
  );
  expect(endpoints['Ports@1']!.methods.update!.args).toEqual([{ name: 'port', schema: { $ref: '#/types/Port' } }]);
  expect((types!.Port as { properties: object }).properties).toMatchObject({
    mtu: { 'x-was': [{ before: '1.2', required: true, schema: { type: 'integer', maximum: 5 } }] },
    name: { 'x-was': [{ before: '1.3', required: true }] },
  });
  const listed = argumentWith({ enum: ['a', 'b'], maxLength: 9 }, [
    ValuesSince('1.2', ['b']),
    LimitsBefore('1.2', { maxLength: 4 }),
    RequiredBefore('1.2'),
  ]);
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
    LimitsBefore('1.2', { minimum: 2 })(prototype as object, 'mtu');
    LimitsBefore('1.3', { maximum: 50 })(prototype as object, 'mtu');
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
    LimitsBefore({ Ports: '1.2', Others: '2.1' }, { maximum: 5 })(prototype as object, 'mtu');
    ValuesSince({ Others: '2.1' }, ['DRAINING'])(prototype as object, 'status');
  });
  const { Port } = contractOf(contract).types as Record<string, { properties: Record<string, object> }>;
  expect(Port!.properties.mtu).toMatchObject({ 'x-was': [{ before: '1.2', schema: { maximum: 5 } }] });
  expect(Port!.properties.status).not.toHaveProperty('x-enum-since');
});

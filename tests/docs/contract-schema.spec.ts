/** Holds what `contractOf` writes to the schema of snapshots, docs/contract.schema.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { IsArray, IsDate, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Arg, type Class, contractOf, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';

class EveryKeyword {
  @IsInt() @Min(0) @Max(4094) vlan!: number;
  @IsString() @Length(1, 255) name!: string;
  @IsIn(['up', 'down']) state!: string;
  @Matches(/^fa:/) mac!: string;
  @IsUUID() id!: string;
  @IsArray() @IsString({ each: true }) tags!: string[];
  @Since('2.1') @IsOptional() @IsString() note?: string;
}

class Missing extends Error {
  @IsInt() vlan!: number;
}
class Busy extends Error {}

@Endpoint({ topic: 'everything', version: '2.2', name: 'Every_thing', description: 'Says all there is to say.' })
class Everything {
  @RpcMethod({
    ...{
      since: '2.0',
      returns: [EveryKeyword],
      idempotent: true,
      idempotencyWindow: 60_000,
      timeout: 500,
      description: 'All of them.',
    },
    errors: [Missing, { type: Busy, since: '2.2', retryable: true }],
  })
  all(_one: EveryKeyword, @Arg({ type: [EveryKeyword] }) @Since('2.1', { droppable: true }) _many?: EveryKeyword[]) {
    return remote();
  }

  @RpcMethod({ since: '2.1', mode: 'fanout' })
  told(@Arg({ unchecked: true, name: 'what' }) _what: unknown): Promise<void> {
    return remote();
  }
}

class Backup {
  @IsDate() at!: Date;
  @IsOptional() content?: Uint8Array;
  @IsArray() @IsDate({ each: true }) seen!: Date[];
}

@Endpoint({ topic: 'archive', codec: 'msgpack' })
class Archive {
  @RpcMethod({ returns: [Buffer] })
  store(_backup: Backup, _at: Date, @Arg({ type: [Uint8Array] }) _parts: Uint8Array[]): Promise<Buffer[]> {
    return remote();
  }
}

@Endpoint({ topic: 'minimal' })
class Minimal {
  @RpcMethod()
  ping(): Promise<void> {
    return remote();
  }
}

const schema = JSON.parse(readFileSync(join(__dirname, '../../docs/contract.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

test.each<[string, Class]>([
  ['DhcpPluginApi', DhcpPluginApi],
  ['Everything', Everything],
  ['Minimal', Minimal],
  ['Archive', Archive],
])('the contract of %s fits the schema, also after a trip through a file', (_name, contract) => {
  const document = contractOf(contract);
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

test('dates and bytes say how they travel', () => {
  const { endpoints, types } = contractOf(Archive);
  const date = { type: 'string', format: 'date-time', 'x-codec': 'timestamp' };
  const bytes = { type: 'string', format: 'binary', 'x-codec': 'bytes' };
  const { codec, methods } = endpoints['Archive@1']!;
  expect(codec).toBe('msgpack');
  expect(methods.store).toMatchObject({
    args: [{ schema: { $ref: '#/types/Backup' } }, { schema: date }, { schema: { type: 'array', items: bytes } }],
    returns: { type: 'array', items: bytes },
  });
  expect(types!.Backup).toEqual({
    type: 'object',
    properties: { at: date, content: bytes, seen: { type: 'array', items: date } },
    required: ['at', 'seen'],
  });
  expect(contractOf(Minimal).endpoints['Minimal@1']).not.toHaveProperty('codec');
});

test('what the schema does not know is refused', () => {
  const document = contractOf(Minimal);
  expect(validate({ ...document, extra: true })).toBe(false);
  expect(validate({ ...document, endpoints: { Minimal: document.endpoints['Minimal@1'] } })).toBe(false);
});

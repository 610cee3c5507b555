/** Holds what `contractOf` writes to the schema of snapshots, docs/contract.schema.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { IsArray, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { Arg, type Class, contractOf, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';
import { DhcpPluginApi } from './dhcp-plugin-api';

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
    ...{ since: '2.0', returns: [EveryKeyword], idempotent: true, timeout: 500, description: 'All of them.' },
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
])('the contract of %s fits the schema, also after a trip through a file', (_name, contract) => {
  const document = contractOf(contract);
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

test('what the schema does not know is refused', () => {
  const document = contractOf(Minimal);
  expect(validate({ ...document, extra: true })).toBe(false);
  expect(validate({ ...document, endpoints: { Minimal: document.endpoints['Minimal@1'] } })).toBe(false);
});

/** Checks contracts of decorated classes: they are valid contract files, and their changes are found. */
import { diff, lint, parseSnapshot, recordHistory, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { contractOf, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

function versionOne() {
  class Port {
    @IsString() id!: string;
    @IsInt() @Max(1500) mtu!: number;
  }
  @Endpoint({ topic: 'l3', version: '1.0', name: 'L3Plugin' })
  class L3Plugin {
    @RpcMethod({ returns: Port })
    update(_port: Port) {
      return remote();
    }
  }
  return contractOf(L3Plugin);
}

function versionTwo() {
  class Port {
    @IsString() id!: string;
    @IsInt() @Max(9216) mtu!: number;
    @Since('1.1') @IsOptional() @IsString() name?: string;
  }
  @Endpoint({ topic: 'l3', version: '1.1', name: 'L3Plugin' })
  class L3Plugin {
    @RpcMethod({ returns: Port })
    update(_port: Port, @Since('1.1') _force?: boolean) {
      return remote();
    }
  }
  return contractOf(L3Plugin);
}

test('the contract of a class is a contract file, sound, and equal to itself through a file', () => {
  const contract = versionTwo();
  const read = parseSnapshot(writeSnapshot(contract), 'concord.contract.json');
  expect(diff(contract, read).findings).toEqual([]);
  expect(lint(contract).findings).toEqual([]);
});

test('a change of the code is seen as what it is, and its history keeps the release', () => {
  const [before, after] = [versionOne(), versionTwo()];
  const rulesOf = (document: typeof after) => diff(before, document).findings.map(({ rule, path }) => `${rule} ${path}`);
  expect(rulesOf(after)).toEqual([
    'OUT_CONSTRAINT_LOOSENED types/Port.mtu',
    'WIDENED_UNGATED types/Port.mtu',
    'ARG_ADDED_OPTIONAL L3Plugin@1/update/args/force',
    'IN_CONSTRAINT_LOOSENED types/Port.mtu',
    'IN_FIELD_ADDED_OPTIONAL types/Port.name',
    'OUT_FIELD_ADDED types/Port.name',
  ]);
  const recorded = recordHistory(before, after);
  expect(diff(before, recorded).findings.map(({ rule }) => rule)).not.toContain('WIDENED_UNGATED');
  expect(releaseHash(recorded, 'L3Plugin@1', '1.0')).toBe(releaseHash(before, 'L3Plugin@1', '1.0'));
});

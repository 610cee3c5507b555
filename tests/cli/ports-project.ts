/** A small project in a folder of its own: one interface, its versions, and git. */
import { type Folder, makeFolder } from './run-concord';

/** The parts of the interface that differ from version to version. */
export interface PortsSource {
  readonly version?: string;
  readonly mtu?: number;
  readonly listArgs?: string;
}

/** The interface as TypeScript. */
export function portsSource({
  version = '1.0',
  mtu = 1500,
  listArgs = 'host: string, limit: number = 10',
}: PortsSource = {}): string {
  return `import { IsInt, IsString, Max } from 'class-validator';
import { Endpoint, RpcMethod, remote, Since } from 'concord-rpc';

export class Port {
  @IsString() id!: string;
  @IsInt() @Max(${mtu}) mtu!: number;
}

@Endpoint({ topic: 'ports', version: '${version}' })
export class Ports {
  @RpcMethod({ returns: [String] })
  list(${listArgs}): Promise<string[]> {
    return remote();
  }

  @RpcMethod({ returns: null })
  update(port: Port): Promise<void> {
    return remote();
  }
}

/** An implementation: it is no contract of its own. */
export class PortsService extends Ports {}
export const NOTHING_OF_IT = 1;
`;
}

/** The project: sources, settings, a first commit on main. */
export function portsProject(source: PortsSource = {}): Folder {
  const folder = makeFolder({
    'src/ports.ts': portsSource(source),
    'concord.config.json': '{ "entries": ["src/ports.ts"] }\n',
    '.gitignore': 'node_modules\n',
  });
  folder.git('init', '--quiet', '--initial-branch', 'main');
  return folder;
}

/** Commits everything. */
export function commit(folder: Folder, message: string): void {
  folder.git('add', '--all');
  folder.git('commit', '--quiet', '--message', message);
}

/** Neutron's DHCP plugin and two agents, one of them a release behind: in this process, or with `--nats URL` in one process per role. */
import { type Roles, startInThisProcess, startProcesses } from './start-roles';
import { tellStory } from './story/tell-story';

const USAGE = `usage: node dist/main.js [--nats URL]

Neutron's DHCP plugin and two agents call each other; agent-2 is a release behind.
  --nats URL   plugin and agents as separate processes over a NATS server, for instance nats://127.0.0.1:4222;
               without it, all in this process on the memory transport`;

async function main(args: readonly string[]): Promise<number> {
  const [option, url] = args;
  if (option === '--help') {
    console.log(USAGE);
    return 0;
  }
  if (option !== undefined && (option !== '--nats' || url === undefined || args.length > 2)) {
    console.error(USAGE);
    return 1;
  }
  const { roles, stop }: Roles = url === undefined ? startInThisProcess() : await startProcesses(url);
  try {
    const where = url === undefined ? 'in one process on the memory transport' : 'in a process each, over NATS';
    console.log(`Neutron's DHCP plugin and two agents, ${where}`);
    await tellStory(roles, console.log);
    return 0;
  } finally {
    await stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);

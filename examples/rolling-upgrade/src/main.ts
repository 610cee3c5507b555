/** Upgrades and rolls back six servers under load: in this process, or with `--nats URL` in one process per member. */
import { Fleet } from './fleet';
import { processes, thisProcess } from './stages';
import { tellStory } from './story';

const USAGE = `usage: node dist/main.js [--nats URL]

Upgrades six servers from 1.4 to 1.5 one by one, and back, while agents at both releases keep calling them.
  --nats URL   servers and agents as separate processes over a NATS server, for instance nats://127.0.0.1:4222;
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
  const fleet = new Fleet(url === undefined ? thisProcess() : await processes(url));
  try {
    const where = url === undefined ? 'in one process on the memory transport' : 'in a process each, over NATS';
    console.log(`Six servers and three agents, ${where}`);
    await tellStory(fleet, console.log);
    return 0;
  } finally {
    await fleet.stop();
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

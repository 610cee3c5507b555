/** Describes this machine and its load: names for the report, CPU of the broker and of other processes. CPU is unknown without /proc. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Milliseconds per tick of /proc: 100 ticks a second on every Linux that Node supports. */
const TICK = 10;

/** Returns the machine's description for the report. */
export function describeMachine(natsServer) {
  const models = [...new Set(cpus().map(({ model }) => model.trim()))];
  return {
    cpu: models.join(', ') || 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    os: distribution() ?? `${type()} ${release()}`,
    node: process.version,
    nats: execFileSync(natsServer, ['--version'], { encoding: 'utf8' })
      .trim()
      .replace(/^.*?v?(?=\d)/, ''),
    load: loadavg().map((load) => load.toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Returns the CPU time of a process, in milliseconds. */
export function cpuOfProcess(pid) {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(utime) + Number(stime)) * TICK;
}

/** Returns the busy and stolen CPU time of the whole machine, in milliseconds. */
export function cpuOfMachine() {
  const line = read('/proc/stat')?.split('\n', 1)[0];
  if (line === undefined) return undefined;
  const [user, nice, system, _idle, _iowait, irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK;
}

function distribution() {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(read('/etc/os-release') ?? '')?.[1];
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

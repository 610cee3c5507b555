/** What this machine is and how busy: names for the report, CPU of the broker and of everybody else. Without /proc the latter are unknown. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Milliseconds in a tick of /proc: 100 a second on every Linux that Node runs on. */
const TICK = 10;

/** What the report says of the machine. */
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

/** CPU of a process so far, in milliseconds. */
export function cpuOfProcess(pid) {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(utime) + Number(stime)) * TICK;
}

/** CPU that the whole machine has been busy or taken away so far, in milliseconds. */
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

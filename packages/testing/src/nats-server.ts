/** Starts a nats-server process for tests, on a free port of the loopback interface, with its data in a temporary folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runStatusProxy } from './status-proxy';

/** Options of `startNatsServer`. */
export interface NatsServerOptions {
  /** The text of nats-server's configuration file, for example permissions and limits. */
  readonly config?: string | undefined;
  /** The port. Default: a free one. Pass a port to restart a broker at its former address. */
  readonly port?: number | undefined;
  /**
   * A release of nats-server, for example `2.12`, in whose form "no responders" arrives: a proxy in front of the installed nats-server rewrites
   * it. Default: `$CONCORD_NATS_STATUSES`, else the form of the installed one.
   */
  readonly statuses?: string | undefined;
}

/** A running nats-server. */
export interface NatsServer {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The number of "no responders" that were rewritten. */
  rewritten(): number;
  /** Sends a signal to the process. `SIGCONT` resumes it; `SIGHUP` reloads its configuration. */
  signal(signal: NodeJS.Signals): void;
  /** Suspends the process with `SIGSTOP`. Returns when it is suspended. */
  freeze(): void;
  /** Rewrites the configuration file. Send `SIGHUP` to load it. */
  configure(config: string): void;
  /** Ends the process, by `SIGKILL` if no signal is given, and removes its folder. Resolves when the process has exited. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const FOLDERS = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];
const LONGEST_START = 10_000;

/** Returns the path of nats-server, from `$CONCORD_NATS_SERVER`, the PATH or the usual folders; `undefined` if it is not found. */
export function findNatsServer(): string | undefined {
  const named = process.env.CONCORD_NATS_SERVER;
  if (named) return named;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FOLDERS];
  return folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path));
}

/**
 * Starts a nats-server. Resolves when it accepts connections.
 *
 * @throws Error if nats-server is not found, if it exits early, or if it does not listen within 10 seconds. The message has its log.
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = findNatsServer();
  if (binary === undefined) {
    throw new Error(
      'nats-server was not found: install it (Debian: apt-get install nats-server) or set CONCORD_NATS_SERVER to its path',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'concord-nats-'));
  const configFile = join(folder, 'server.conf');
  const configure = (config: string) => writeFileSync(configFile, config);
  configure(options.config ?? '');
  const { statuses = process.env.CONCORD_NATS_STATUSES } = options;
  const own = statuses ? await freePort() : (options.port ?? (await freePort()));
  const child = spawn(binary, ['-c', configFile, '-a', '127.0.0.1', '-p', String(own), '--ports_file_dir', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listening(child, folder);
  const proxy = statuses ? await runStatusProxy(own, statuses, options.port) : undefined;
  child.once('exit', () => void proxy?.stop());
  const { port } = proxy ?? { port: own };
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    pid: child.pid!,
    rewritten: () => proxy?.rewritten() ?? 0,
    signal: (signal) => child.kill(signal),
    freeze: () => freezeProcess(child),
    configure,
    stop: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await gone;
      await proxy?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when nats-server has written its ports file, which it does once it listens. */
function listening(child: ChildProcess, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
    const timer = setTimeout(
      () => end(new Error(`nats-server did not listen within ${LONGEST_START} ms:\n${log}`)),
      LONGEST_START,
    );
    const watcher = watch(folder, () => check());
    const onExit = () => end(new Error(`nats-server exited before it listened:\n${log}`));
    child.once('exit', onExit);
    child.once('error', end);
    check();

    function check(): void {
      const ready = readdirSync(folder).some(
        (name) => name.endsWith('.ports') && /(nats|tls):\/\//.test(readFileSync(join(folder, name), 'utf8')),
      );
      if (ready) end();
    }
    function end(error?: Error): void {
      clearTimeout(timer);
      watcher.close();
      child.off('exit', onExit);
      if (error === undefined) resolve();
      else reject(error);
    }
  });
}

/** Suspends a process with `SIGSTOP`. Returns when the system reports the process as stopped, because `kill` returns before that. */
export function freezeProcess(child: ChildProcess): void {
  child.kill('SIGSTOP');
  while (!stateOf(child.pid!).startsWith('T'));
}

/** Returns the one-letter state of a process, from `/proc` if the system has it, else from `ps`. */
function stateOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (existsSync(file)) return readFileSync(file, 'utf8').replace(/^.*\) /s, '');
  return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A role that runs in its own process. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Order } from './role-process';
import type { Report } from './story/journal';
import type { Role, RoleName } from './story/role';

const LONGEST_STOP = 5_000;

/** Sends steps to the process by IPC and receives its reports. */
export class ProcessRole implements Role {
  private constructor(
    private readonly name: RoleName,
    private readonly child: ChildProcess,
  ) {}

  /** Starts the process; resolves when it is connected to NATS. */
  static async start(name: RoleName, url: string, root: string): Promise<ProcessRole> {
    const role = new ProcessRole(name, fork(join(__dirname, 'role-process.js'), [name, url, root]));
    await role.answer();
    return role;
  }

  async perform(step: string): Promise<Report> {
    const answer = this.answer();
    this.send({ step });
    return (await answer)!;
  }

  /** Asks the process to exit, and kills it if it does not. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LONGEST_STOP);
    this.send({ end: true });
    await exit;
    clearTimeout(timer);
  }

  private send(order: Order): void {
    this.child.send(order, () => undefined); // if the process has exited, its exit event reports that
  }

  /** Resolves with the next answer; rejects if the process exits without one. */
  private answer(): Promise<Report | null> {
    return new Promise((resolve, reject) => {
      const onMessage = (answer: Answer) => {
        this.child.off('exit', onExit);
        if ('failure' in answer) reject(new Error(`${this.name}: ${answer.failure}`));
        else resolve(answer.report);
      };
      const onExit = () => {
        this.child.off('message', onMessage);
        reject(new Error(`the process of ${this.name} ended early`));
      };
      this.child.once('message', onMessage);
      this.child.once('exit', onExit);
    });
  }
}

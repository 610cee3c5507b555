/** A member in its own process, controlled by IPC. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Member, MemberSpec } from './member';
import type { Answer, Order } from './member-process';
import type { Tally } from './tally';

const LONGEST_STOP = 10_000;

/** The parent's side of the process. */
export class ProcessMember implements Member {
  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts the process; resolves when the member has started. */
  static async start(spec: MemberSpec, url: string, root: string): Promise<ProcessMember> {
    const member = new ProcessMember(spec.name, fork(join(__dirname, 'member-process.js'), [JSON.stringify(spec), url, root]));
    await member.answer();
    return member;
  }

  async report(phase: string): Promise<Tally | null> {
    const answer = this.answer();
    this.send({ phase });
    return answer;
  }

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
  private answer(): Promise<Tally | null> {
    return new Promise((resolve, reject) => {
      const onMessage = (answer: Answer) => {
        this.child.off('exit', onExit);
        if ('failure' in answer) reject(new Error(`${this.name}: ${answer.failure}`));
        else resolve(answer.tally);
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

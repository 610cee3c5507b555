/** Asks a person on a terminal for what the arguments leave open. */
import { createInterface } from 'node:readline/promises';
import type { Arguments } from './arguments';
import { NotCreated } from './not-created';
import { TEMPLATES } from './templates';

/** The streams of a terminal. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

const FOLDER = 'my-app';

/** The folder and the template: those of the arguments, or the answers. */
export async function ask({ folder, template }: Arguments, terminal: Terminal): Promise<{ folder: string; template: string }> {
  const questions = createInterface({ ...terminal, terminal: false });
  const closed = new Promise<never>((_, reject) =>
    questions.once('close', () => reject(new NotCreated('no answer; nothing was created', 1))),
  );
  closed.catch(() => undefined); // the questions may have been answered
  const answer = async (question: string) => (await Promise.race([questions.question(question), closed])).trim();
  try {
    const chosen = folder ?? ((await answer(`Folder (${FOLDER}): `)) || FOLDER);
    return { folder: chosen, template: template ?? (await templateOf(answer, terminal)) };
  } finally {
    questions.close();
  }
}

async function templateOf(answer: (question: string) => Promise<string>, { output }: Terminal): Promise<string> {
  for (const [index, { name, has }] of TEMPLATES.entries()) output.write(`  ${index + 1}  ${name}: ${has}\n`);
  for (;;) {
    const given = (await answer('Template (1): ')) || '1';
    const found = TEMPLATES.find(({ name }, index) => given === name || given === String(index + 1));
    if (found !== undefined) return found.name;
    output.write(`write a number from 1 to ${TEMPLATES.length}, or a name\n`);
  }
}

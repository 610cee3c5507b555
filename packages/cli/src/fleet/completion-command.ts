/** `concord completion`: prints a script for a shell; and the hidden `concord complete`, which such scripts run. */
import { Argument, type Command } from 'commander';
import { completeWords } from '../completion/complete-words';
import { SHELL_SCRIPTS, type Shell } from '../completion/shell-scripts';
import { EXIT } from '../console/exit-codes';
import type { LoadCommand, Runner } from '../console/runner';
import { examplesText } from '../inputs/live-options';

/** Adds options and action to the command `completion`. */
export function defineCompletion(command: Command, run: Runner): void {
  command
    .description(
      'Print a script that lets a shell complete commands, options, and the topics, servers and methods of the live fleet. The fleet is that of the options before the cursor, of $NATS_CONTEXT or of $NATS_URL.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELL_SCRIPTS)))
    .addHelpText('after', examplesText(['completion bash', 'completion zsh', 'completion fish']))
    .addHelpText('after', '\nInstall: eval "$(concord completion bash)" in ~/.bashrc.\n')
    .action(
      run((io, shell: Shell) => {
        io.out(SHELL_SCRIPTS[shell], 'data');
        return EXIT.ok;
      }),
    );
}

/** Adds options and action to the hidden command `complete`. */
export function defineComplete(command: Command, run: Runner, load: LoadCommand): void {
  command
    .description('Print the texts that can take the place of the last word of a line; scripts of shells run it.')
    .argument('<line>', 'the line until the cursor')
    .action(
      run(async (io, line: string) => {
        const { command: completed, words } = await load(wordsOf(line).slice(1));
        const listed = completed.commands.map((each) => each.name()).filter((name) => name !== 'complete');
        const [first = ''] = words;
        const texts =
          listed.length > 0
            ? listed.filter((name) => words.length === 1 && name.startsWith(first))
            : await completeWords(io, { command: completed, words });
        io.out(texts.map((text) => `${text}\n`).join(''));
        return EXIT.ok;
      }),
    );
}

/** The words of a line without their quotes. The last one is empty if the line ends with a space. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/"[^"]*"?|'[^']*'?|\S+/g) ?? [];
  const plain = words.map((word) => word.replace(/^["']|["']$/g, ''));
  return /\s$/.test(line) ? [...plain, ''] : plain;
}

/** The texts that can follow on a command line: commands, options, and names from the live registry. */
import type { Command } from 'commander';
import type { Io } from '../console/io';
import { liveContract } from '../live/live-contract';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';

/** The commands whose first argument is an interface, and those whose first argument is a method. */
const OF_INTERFACES: ReadonlySet<string> = new Set(['fleet', 'describe']);
const OF_METHODS: ReadonlySet<string> = new Set(['call', 'cast', 'fanout', 'each', 'trace', 'bench']);

/** A command whose line is completed. */
export interface CompletedCommand {
  readonly command: Command;
  /** The words after the name of the command; the last one is incomplete. */
  readonly words: readonly string[];
}

/** Returns the texts that can take the place of the last word. A text that goes on after it ends with `.` or `/`. Never rejects. */
export async function completeWords(io: Io, { command, words }: CompletedCommand): Promise<readonly string[]> {
  const word = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  const fits = (texts: readonly string[]) => [...new Set(texts)].filter((text) => text.startsWith(word)).sort();
  if (word.startsWith('-')) return fits(command.options.flatMap(({ long }) => long ?? []));
  const name = command.name();
  try {
    const isValue = command.options.some(({ long, required }) => long === before && required);
    const { operands } = command.parseOptions(words.slice(0, isValue ? -2 : -1));
    const options: LiveOptions = command.opts();
    if (before === '--topic') return fits(await topics(io, options));
    if (before === '--to') return fits(await servers(io, options));
    if (isValue || operands.length > 0) return [];
    if (name === 'ping') return fits(await servers(io, options));
    if (OF_METHODS.has(name)) return fits(await methods(io, options, word));
    if (OF_INTERFACES.has(name))
      return fits(word.includes('.') ? await methods(io, options, word) : await interfaces(io, options));
  } catch {
    // a shell has no place for errors
  }
  return [];
}

const topics = (io: Io, options: LiveOptions) =>
  withFleet(io, options, async (fleet) => (await fleet.services()).map(({ exchange, topic }) => `${exchange}/${topic}`));

const servers = (io: Io, options: LiveOptions) =>
  withFleet(io, options, async (fleet) => (await fleet.services()).map(({ server }) => server));

const interfaces = (io: Io, options: LiveOptions) => withFleet(io, options, interfacesOf);

async function interfacesOf(fleet: Fleet): Promise<readonly string[]> {
  const services = await fleet.services();
  return [...new Set(services.map(({ name, version }) => `${name}@${version.slice(0, version.indexOf('.'))}`))];
}

/** The methods of the one interface that a word begins, else the interfaces. */
function methods(io: Io, options: LiveOptions, word: string): Promise<readonly string[]> {
  return withFleet(io, options, async (fleet) => {
    const keys = (await interfacesOf(fleet)).filter((key) => `${key}.`.startsWith(word) || word.startsWith(`${key}.`));
    const [key, ...others] = keys;
    if (key === undefined || others.length > 0) return keys.map((each) => `${each}.`);
    const [name, major] = key.split('@');
    const { document } = await liveContract(fleet, { name: name!, major: Number(major) });
    return Object.keys(document.endpoints[key]!.methods).map((method) => `${key}.${method}`);
  });
}

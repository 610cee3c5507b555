/** The options of commands that ask a live fleet, and examples in their help. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TopicAddress } from '../live/ask-contracts';
import { addLoginOptions } from './login-options';

/** Adds the options to a command. `examples` are command lines that the help shows, without `concord`. */
export function addLiveOptions(command: Command, examples: readonly string[]): Command {
  command
    .option('--live <URL>', 'the broker of the fleet (default: that of --context, $NATS_URL, or nats://127.0.0.1:4222)')
    .addOption(topicOption('a topic, EXCHANGE/TOPIC; can be given several times (default: those that are found)'))
    .option('--json', 'print JSON');
  return addLoginOptions(command).addHelpText('after', examplesText(examples));
}

/** The option that names topics. */
export function topicOption(description: string): Option {
  return new Option('--topic <TOPIC>', description).argParser(parseTopic);
}

/** The examples as the help shows them. */
export function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((line) => `  concord ${line}\n`).join('')}`;
}

const TOPIC = /^(?:([A-Za-z0-9_-]{1,64})\/)?([A-Za-z0-9_-]{1,64})$/;

function parseTopic(text: string, earlier: readonly TopicAddress[] = []): readonly TopicAddress[] {
  const [, exchange = 'default', topic] = TOPIC.exec(text) ?? [];
  if (topic !== undefined) return [...earlier, { exchange, topic }];
  throw new InvalidArgumentError('Write EXCHANGE/TOPIC, for example neutron/q-plugin.');
}

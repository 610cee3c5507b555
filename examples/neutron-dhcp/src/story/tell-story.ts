/** Has the roles do the steps of the story one after the other, and prints what each reports. */
import { CURRENT, PREVIOUS, versionOf } from '../contracts/releases';
import { addTally, NOTHING, type Tally } from './journal';
import type { Role, RoleName } from './role';
import { STAGES } from './stages';

/** Runs the story and passes each line to `print`. */
export async function tellStory(roles: Readonly<Record<RoleName, Role>>, print: (line: string) => void): Promise<void> {
  const total: Tally = { ...NOTHING };
  for (const [index, { title, steps }] of STAGES.entries()) {
    print(`\n${index + 1}. ${title}`);
    for (const [who, step] of steps) {
      const { lines, tally } = await roles[who].perform(step);
      for (const line of lines) print(`  ${who.padEnd(8)} ${line}`);
      addTally(total, tally);
    }
  }
  const { calls, casts, fanouts, refusals } = total;
  const versions = (name: 'pluginApi' | 'agentApi') => `${versionOf(CURRENT[name])} and ${versionOf(PREVIOUS[name])}`;
  print(
    `\nshown: ${calls} calls, ${casts} casts, ${fanouts} fanouts, ${refusals} refusals; plugin ${versions('pluginApi')}, agents ${versions('agentApi')}`,
  );
}

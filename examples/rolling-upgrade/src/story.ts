/** The story: servers are upgraded and rolled back one by one while agents at two releases keep calling. */
import { AGENTS, type AgentName, type Fleet, SERVERS } from './fleet';
import type { Release } from './member';

type Tell = (line: string) => void;

/** Calls of every agent between two restarts. */
const BETWEEN = 100;
/** The least number of calls of each agent. */
const IN_ALL = 2_500;

const BEFORE = 'all servers at 1.4';
const AFTER = 'all servers back at 1.4';
const IN_FULL = 'network and status';
const CUT = 'network';

/** Runs the story and prints it. Throws if a step does not finish in time. */
export async function tellStory(fleet: Fleet, tell: Tell): Promise<void> {
  tell('All servers at 1.4');
  await fleet.start(BEFORE);
  await fleet.moreCalls(BETWEEN);
  await chosenBy(fleet, CUT, tell);

  tell('The upgrade, one server after another, under load');
  await restartAll(fleet, '1.5', tell, (index) => (index === 0 ? IN_FULL : undefined));
  await fleet.enter('all servers at 1.5');
  await fleet.moreCalls(BETWEEN);

  tell('The roll-back, one server after another, under load');
  await restartAll(fleet, '1.4', tell, (index) => (index === SERVERS.length - 1 ? CUT : undefined));
  await fleet.enter(AFTER);
  await fleet.moreCalls(BETWEEN);
  for (const name of agentNames()) await fleet.until(name, ({ calls }) => calls >= IN_ALL, `${IN_ALL} calls`);
  await tellCounts(fleet, tell);
  await tellOlderForms(fleet, tell);
}

async function restartAll(
  fleet: Fleet,
  release: Release,
  tell: Tell,
  changes: (index: number) => string | undefined,
): Promise<void> {
  for (const [index, server] of SERVERS.entries()) {
    await fleet.enter(`${server} restarts with ${release}`);
    await fleet.restart(server, release);
    tell(`  ${server} -> ${release}`);
    await fleet.moreCalls(BETWEEN);
    const change = changes(index);
    if (change !== undefined) await chosenBy(fleet, change, tell);
  }
}

/** Waits until the new agent's results are filtered by these fields, which takes seconds. */
async function chosenBy(fleet: Fleet, wanted: string, tell: Tell): Promise<void> {
  await fleet.until('agent-3', (tally) => tally.chosenBy === wanted, `answer chosen by ${wanted}`);
  tell(`  agent-3 asks by network and status, and is answered by ${wanted}`);
}

async function tellCounts(fleet: Fleet, tell: Tell): Promise<void> {
  tell('Calls that failed');
  for (const name of agentNames()) {
    const { failed, failures } = await fleet.tally(name);
    tell(`  ${name} at ${AGENTS[name]}: ${failed} of more than ${IN_ALL}`);
    for (const failure of failures) tell(`    ${failure}`);
  }
  tell('Answers with fields that the agent does not know');
  for (const name of agentNames()) tell(`  ${name} at ${AGENTS[name]}: ${(await fleet.tally(name)).tooNew}`);
}

async function tellOlderForms(fleet: Fleet, tell: Tell): Promise<void> {
  tell('Calls that were sent in an older form');
  for (const name of agentNames()) {
    const { olderForms } = await fleet.tally(name);
    tell(`  ${name} at ${AGENTS[name]}: ${olderForms.length === 0 ? 'none' : ''}`.trimEnd());
    for (const { what, first, last } of olderForms) {
      tell(`    ${what}`);
      tell(`    first: ${first}; last: ${last}`);
    }
  }
}

function agentNames(): AgentName[] {
  return Object.keys(AGENTS) as AgentName[];
}

/** Finds the contenders that can run: an option of Concord's client may be unknown to the build that is measured. */
import { connect } from './contenders/concord.mjs';

/** Returns the contenders that can run, and says which are left out and why. */
export async function availableContenders(contenders, say) {
  const available = [];
  for (const contender of contenders) {
    const reason = contender.isProbed ? await refusalOf(contender) : undefined;
    if (reason === undefined) available.push(contender);
    else say(`${contender.id} is left out: ${reason}`);
  }
  return available;
}

/** Returns why this build's client refuses the options of a contender; `undefined` if it takes them. */
async function refusalOf({ options }) {
  try {
    await connect({ scope: 'probe', methods: 0, plain: true, options: { ...options, memory: true } });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

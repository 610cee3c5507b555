/** Finds the contenders that can run: an option of Concord's client may be unknown to the build that is measured. */
import { connect } from './contenders/concord.mjs';

/** Resolves to `contenders`, which can run, and `leftOut`, one text for each of the others. */
export async function availableContenders(asked) {
  const contenders = [];
  const leftOut = [];
  for (const contender of asked) {
    const reason = contender.isProbed ? await refusalOf(contender) : undefined;
    if (reason === undefined) contenders.push(contender);
    else leftOut.push(`${contender.id} is left out: this build's client says "${reason}".`);
  }
  return { contenders, leftOut };
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

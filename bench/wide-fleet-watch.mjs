/** Runs `concord ls --watch` in a process that tells its heap and the changes it has printed; controlled by messages of `bench/wide-fleet.mjs`. */
import { runProgram } from '../packages/cli/dist/index.js';

let changes = 0;
let isListed = false;
const io = {
  cwd: process.cwd(),
  env: process.env,
  isTerminal: false,
  stopSignal: () => new AbortController().signal,
  out: (text) => {
    isListed = true;
    changes += text.match(/^(?:joined|left|changed) /gm)?.length ?? 0;
  },
  err: (text) => void process.stderr.write(text),
};

process.on('disconnect', () => process.exit());
process.on('message', () => {
  globalThis.gc();
  process.send({ isListed, changes, heap: process.memoryUsage().heapUsed });
});
void runProgram(['ls', '--watch', '--live', process.argv[2]], io);

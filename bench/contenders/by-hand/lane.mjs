/** Collects the texts of one turn of the event loop and sends them in few messages. */

/** Most texts in one message. */
const MOST_TOGETHER = 64;
/** Most characters in one message, unless a single text is longer. */
const MOST_CHARACTERS = 65_536;

/** Returns `add`, which takes a text, and `flush`, which sends what waits. `send` gets the texts as one JSON array. */
export function createLane(send) {
  let texts = '';
  let count = 0;
  const flush = () => {
    if (count === 0) return;
    const message = `[${texts}]`;
    texts = '';
    count = 0;
    send(message);
  };
  const add = (text) => {
    if (count > 0 && texts.length + text.length > MOST_CHARACTERS) flush();
    texts = count === 0 ? text : `${texts},${text}`;
    count++;
    if (count === 1) process.nextTick(flush);
    else if (count === MOST_TOGETHER) flush();
  };
  return { add, flush };
}

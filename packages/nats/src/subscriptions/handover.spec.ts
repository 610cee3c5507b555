/** A plain subscription on two connections: whatever the times of arrival, each message is delivered once, in order. */
import fc from 'fast-check';
import { Handover } from './handover';

const message = (text: string, reply = '') => ({ subject: 's', reply, data: Buffer.from(text) });

test('every order of arrival on the two connections delivers each message once, in the order of sending', () => {
  // of messages 0 to 19, the old connection has those before `end`, and the new one those from `begin`
  const cases = fc.record({
    begin: fc.integer({ min: 0, max: 10 }),
    end: fc.integer({ min: 10, max: 20 }),
    isNewFirst: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
    contents: fc.constantFrom(1, 3, 20), // so many different messages
  });
  fc.assert(
    fc.property(cases, ({ begin, end, isNewFirst, contents }) => {
      const sent = Array.from({ length: 20 }, (_, index) => String(index % contents));
      const heard: string[] = [];
      let now = 0;
      const handover = new Handover(
        ({ data }) => heard.push(Buffer.from(data).toString()),
        () => now,
      );
      // copies that the new connection does not have are old when the subscription has settled
      for (const text of sent.slice(0, begin)) handover.fromOld(message(text));
      now = 1_000;
      handover.settled(500);
      const [old, fresh] = [sent.slice(begin, end), sent.slice(begin)];
      for (let step = 0; old.length > 0; step++) {
        if (isNewFirst[step] && fresh.length > 0) handover.fromNew(message(fresh.shift()!));
        else handover.fromOld(message(old.shift()!));
      }
      handover.release();
      for (const text of fresh) handover.fromNew(message(text));
      expect(heard).toEqual(sent);
    }),
  );
});

test('messages with other reply subjects are other messages', () => {
  const heard: string[] = [];
  const handover = new Handover(({ reply }) => heard.push(reply!));
  handover.fromOld(message('x', 'a'));
  handover.fromNew(message('x', 'b'));
  handover.fromNew(message('x', 'a'));
  handover.release();
  expect(heard).toEqual(['a', 'b']);
});

test('after a while nothing is compared any more', () => {
  const heard: string[] = [];
  let now = 0;
  const handover = new Handover(
    ({ data }) => heard.push(Buffer.from(data).toString()),
    () => now,
  );
  handover.fromOld(message('x'));
  handover.release();
  now = 10_000;
  handover.fromNew(message('x'));
  expect(heard).toEqual(['x', 'x']);
});

/** The test of reply subjects: the result for a subject does not depend on the subjects before it. */
import fc from 'fast-check';
import { compileCheck, joinedSubject, prefixOf, type ReplyForm, subjectsOf } from './reply-subjects';

const connections = ['a', 'b'].map((name) => prefixOf('rpc', 'inbox', name));
const ours = fc
  .record({ prefix: fc.constantFrom(...connections), secret: fc.constantFrom('s', 't'), slot: fc.nat(1e9) })
  .chain(({ prefix, secret, slot }) => {
    const { reply, joinable } = subjectsOf(prefix, { secret, joined: joinedSubject(prefix, secret) }, slot);
    return fc.constantFrom(reply, joinable);
  });
const ending = fc.constantFrom('', 'j', 'j1', 'j12x', '12', 'j-1', 'x', 'j1.j2', 'j 1', '*', `j${'1'.repeat(300)}`);
const others = fc
  .tuple(fc.constantFrom('rpcr.inbox.a.s.', 'rpcr.inbox.a.', '_INBOX.x.', '_R_.', 'rpc.inbox.a.s.', '$SYS.a.b.c.', ''), ending)
  .map((parts) => parts.join(''));

test('a subject has the same form whichever subjects came before it', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(fc.oneof(ours, others), { minLength: 1, maxLength: 12 }), (subjects) => {
      const check = compileCheck('rpc');
      for (const subject of subjects) {
        const form = check(subject);
        expect([subject, form]).toEqual([subject, compileCheck('rpc')(subject)]);
        seen.set(kindOf(form), 1 + (seen.get(kindOf(form)) ?? 0));
        if (typeof form === 'object') expect(`${form.joined}${form.slot}`).toBe(subject.replace(/j0+(?=\d)/, 'j'));
      }
    }),
  );
  expect([...seen.keys()].sort()).toEqual(['alone', 'forbidden', 'joinable']);
});

function kindOf(form: ReplyForm): string {
  return typeof form === 'string' ? form : 'joinable';
}

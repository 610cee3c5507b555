/** Makes the services of a server: one for each interface. */
import type { Registration } from '../registration/registration';
import { Service, type ServiceFacts } from './service';

/** The facts that the services of a server share. */
export type SharedFacts = Pick<ServiceFacts, 'server' | 'root' | 'started'> & {
  /** Random for each start of a server, so that tools tell a restarted server apart. */
  readonly bootId: string;
  contractHash(registration: Registration): string;
};

/** Returns the services. Their id is the boot id; interfaces of one name and several majors also have the major in it. */
export function servicesOf(registrations: readonly Registration[], { bootId, contractHash, ...facts }: SharedFacts): Service[] {
  const seen = new Set<string>();
  return registrations.map((registration) => {
    const { name, version } = registration.contract;
    const id = seen.has(name) ? `${bootId}-${version.major}` : bootId;
    seen.add(name);
    return new Service({ ...facts, id, registration, contractHash: () => contractHash(registration) });
  });
}

/** Judges from facts why no endpoint takes a call; client and server put the verdict into words of their own. */
import { parseVersion, serves, type Version } from '../values/version';

/** The part of a call that decides which endpoints can take it. */
export interface WantedCall {
  readonly namespace: string | null;
  /** The version that the call needs. */
  readonly needs: Version;
}

/** An endpoint that a server of the call's topic serves. An answer to `ping` has these facts. */
export interface EndpointFacts {
  /** `major.minor`. */
  readonly version: string;
  /** Every namespace under which the server answers; `null` is the null namespace. */
  readonly namespaces: readonly (string | null)[];
  /** True if the endpoint has the method of the call, under any of its names. */
  readonly hasMethod?: boolean;
}

/** Rules on which the two sides of a call differ. */
export interface VerdictRules {
  /**
   * True if an endpoint of another major that has the method counts as having it: the verdict is then `unsupported_version`, even
   * where an unrelated endpoint serves the version. A client judges so, because it looks for its method in the whole fleet; a
   * server looks only at endpoints of the major that the subject names.
   */
  readonly acrossMajors: boolean;
}

/** The reason why no endpoint takes a call, with the facts that prove it; `served` if an endpoint does take it. */
export type ServiceVerdict<Endpoint extends EndpointFacts = EndpointFacts> =
  | { readonly kind: 'served' }
  /** No endpoint answers under the namespace. `known`: every namespace that an endpoint answers under, each once, in the order of the facts. */
  | { readonly kind: 'unknown_namespace'; readonly known: readonly (string | null)[] }
  /** `endpoint` serves the namespace and the major, an endpoint serves the version too, and none has the method. */
  | { readonly kind: 'no_such_method'; readonly endpoint: Endpoint }
  | {
      readonly kind: 'unsupported_version';
      readonly needs: Version;
      /** The endpoint that comes nearest: it has the method, else the major, else the namespace. */
      readonly nearest: Endpoint;
      /** The endpoints that have the method; all endpoints of the namespace if none has it. Never empty. */
      readonly served: readonly Endpoint[];
    };

/** Returns the reason why none of the endpoints takes a call. */
export function whyNotServed<Endpoint extends EndpointFacts>(
  { namespace, needs }: WantedCall,
  endpoints: readonly Endpoint[],
  { acrossMajors }: VerdictRules,
): ServiceVerdict<Endpoint> {
  const inNamespace = endpoints.filter(({ namespaces }) => namespaces.includes(namespace));
  if (inNamespace.length === 0) {
    return { kind: 'unknown_namespace', known: [...new Set(endpoints.flatMap(({ namespaces }) => namespaces))] };
  }
  const ofMajor = inNamespace.filter(({ version }) => parseVersion(version).major === needs.major);
  const having = (acrossMajors ? inNamespace : ofMajor).filter(({ hasMethod }) => hasMethod === true);
  const isNewEnough = ({ version }: EndpointFacts) => serves(parseVersion(version), needs);
  if (having.some(isNewEnough)) return { kind: 'served' };
  // another endpoint of this topic and namespace may be new enough; that does not help this method
  if (having.length === 0 && ofMajor.some(isNewEnough)) return { kind: 'no_such_method', endpoint: ofMajor[0]! };
  const nearest = having[0] ?? ofMajor[0] ?? inNamespace[0]!;
  return { kind: 'unsupported_version', needs, nearest, served: having.length > 0 ? having : inNamespace };
}

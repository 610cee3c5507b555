/** The name and version of a contract that is being compiled: they turn marks into minors and mistakes into errors. */
import type { MarkedVersion } from '../decorators/decorator-options';
import { Mistakes } from '../errors/mistakes';
import { RpcError } from '../errors/rpc-error';
import { compareVersions, formatVersion, parseVersion, type Version } from '../values/version';

/** The contract that is being compiled. In its methods `where` is the place after the contract's name: `.list(status)`. */
export class ContractScope {
  /** The mistakes that were found so far. */
  readonly mistakes = new Mistakes();

  constructor(
    readonly name: string,
    readonly version: Version,
  ) {}

  /**
   * Returns the minor of a mark; 0 if the mark is an object that names versions of other endpoints only.
   *
   * @throws RpcError `invalid_version` or `invalid_contract` if the endpoint's version cannot have this minor.
   */
  minorOf(version: MarkedVersion, where: string): number {
    if (!isByEndpoint(version)) return this.minorIn(version, where);
    return Object.hasOwn(version, this.name) ? this.minorIn(version[this.name], where) : 0;
  }

  /**
   * Returns the minor of a mark that is one version, never an object.
   *
   * @throws RpcError `invalid_version` or `invalid_contract` if the endpoint's version cannot have this minor.
   */
  minorIn(text: unknown, where: string): number {
    const since = parseVersion(text, `since of ${this.name}${where}`);
    const own = formatVersion(this.version);
    if (since.major !== this.version.major) {
      throw this.mistake(where, `has since ${text}, which is of another major than the endpoint's version ${own}`);
    }
    if (compareVersions(since, this.version) > 0) {
      throw this.mistake(where, `has since ${text}, above the endpoint's version ${own}: raise the version of @Endpoint`);
    }
    return since.minor;
  }

  /** Formats a minor as a version. */
  format(minor: number): string {
    return formatVersion({ major: this.version.major, minor });
  }

  /** Makes the error of a mistake in the contract. */
  mistake(where: string, sentence: string): RpcError {
    return new RpcError('invalid_contract', `${this.name}${where} ${sentence}`);
  }
}

/** Returns whether a mark is a plain object of versions by endpoint. Every other mark must be a version itself. */
function isByEndpoint(version: unknown): version is Readonly<Record<string, string>> {
  if (typeof version !== 'object' || version === null || Object.keys(version).length === 0) return false;
  return Object.getPrototypeOf(version) === Object.prototype || Object.getPrototypeOf(version) === null;
}

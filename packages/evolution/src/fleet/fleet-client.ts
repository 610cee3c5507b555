/** A client of a fleet: its contract, its calls, and what servers have counted of them. */
import type { ContractDocument } from '@concord-rpc/core';

/** A method that a client calls, and the arguments that it passes. Without `args` it passes every argument that it knows. */
export interface Use {
  readonly method: string;
  readonly args?: readonly string[];
  /** The version that the calls are known to need, where values inside the arguments need more than the arguments themselves. */
  readonly needs?: string;
}

/** The calls of a client that servers have counted. */
export interface ClientActivity {
  readonly calls: number;
  /** Seconds since the last call. */
  readonly ago: number;
}

/** A client of the fleet. */
export interface FleetClient {
  readonly name: string;
  /** The number of instances; `undefined` if it was not counted. */
  readonly instances?: number;
  readonly seen?: ClientActivity;
  /** The reason why the contract of the client is not known. */
  readonly why?: string;
  /** The contract that the client was built with; `undefined` if it is not known. */
  readonly contract?: ContractDocument;
  /** The methods that the client uses; `undefined` stands for every method of its contract. */
  readonly uses?: readonly Use[];
}

/** A guard with a role: only operators change the fleet. */
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { InterceptedCall } from 'concord-rpc';

/** The role that a method needs. */
export const NeedsRole = (role: string) => SetMetadata('role', role);

/** Allows a call if its caller has the role that the method needs. It is global: a method without a role is open. */
@Injectable()
export class Roles implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const role = this.reflector.get<string | undefined>('role', context.getHandler());
    const { context: values } = context.switchToRpc().getContext<InterceptedCall>();
    return role === undefined || values.role === role;
  }
}

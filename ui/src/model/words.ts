// SPDX-License-Identifier: Apache-2.0
import { tx } from '@/i18n';

export function roleName(role: string): string {
  return tx(`role.${role}`, role);
}

export function noticeState(state: string): string {
  return tx(`notice.state.${state}`, state);
}

export function findingState(state: string): string {
  return tx(`finding.state.${state}`, state);
}

export function findingKind(kind: string): string {
  return tx(`finding.kind.${kind}`, kind);
}

export function sourceName(source: string): string {
  return tx(`source.${source}`, source);
}

export function ballName(ball: string): string {
  return tx(`ball.${ball}`, tx(`role.${ball}`, ball));
}

export function channelName(channel: string): string {
  return tx(`channel.${channel}`, channel);
}

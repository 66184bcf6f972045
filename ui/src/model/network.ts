// SPDX-License-Identifier: Apache-2.0
// The pages of the network. Which check belongs to which, and what is broken first, the server says.

export const NET_TABS = ['lines', 'devices', 'traffic', 'services'] as const;
export type NetTab = (typeof NET_TABS)[number];
export type NetPart = Exclude<NetTab, 'traffic'>;

/** Whether every word a person typed is somewhere in these texts. */
export function matches(q: string, ...texts: (string | null | undefined)[]): boolean {
  const all = texts.join('\n').toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

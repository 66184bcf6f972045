// SPDX-License-Identifier: Apache-2.0
// What the stream means for what is on the screen: the kinds of record that changed are asked for
// again, once for a burst, and only where they are shown.
import { QueryClient } from '@tanstack/vue-query';
import { Refusal } from '@/api/problem';
import { onChanges, onResync, type Change } from './stream';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (n, error) => n < 2 && !(error instanceof Refusal && error.status < 500),
    },
  },
});

/** Topic of an event → first words of the query keys that show it; others go by their own name. */
const SHOWN: Record<string, string[]> = {
  alert: ['alert', 'overview', 'rules', 'topology', 'circuits', 'circuit'],
  incident: ['incident', 'alert', 'todo', 'overview'],
  event: ['event', 'todo'],
  finding: ['finding', 'todo'],
  notice: ['notice', 'notices', 'todo', 'overview', 'findings', 'dues', 'paper'],
  incoming: ['incoming', 'paper', 'superiors', 'todo', 'dues'],
  task: ['tasks', 'task', 'meetings', 'guidance', 'todo', 'dues'],
  check: ['checks', 'check', 'device', 'overview'],
  circuit: ['circuits', 'circuit', 'overview'],
  topology: ['topology', 'device', 'check'],
  knowledge: ['knowledge', 'advice'],
  discovered: ['discovered', 'discovery', 'todo', 'overview'],
  subnet: ['subnets', 'discovery'],
  freeze: ['freezes', 'discovery'],
  person: ['people'],
  user: ['users', 'people'],
  setting: ['settings', 'checkup', 'calendar'],
  delivery: ['deliveries', 'notice', 'incident', 'event'],
  document: ['notice', 'event'],
  audit: ['audit-state'],
  backup: ['backups', 'health'],
};

const GAP_MS = 700;
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | null = null;

function refresh(): void {
  timer = null;
  const keys = [...waiting];
  waiting.clear();
  for (const key of keys) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
}

export function noteChanges(changes: Change[]): void {
  for (const change of changes) {
    (SHOWN[change.topic] ?? [change.topic, `${change.topic}s`, 'units', 'todo']).forEach((key) => waiting.add(key));
  }
  if (waiting.size > 0 && timer === null) {
    timer = setTimeout(refresh, GAP_MS);
  }
}

export function followStream(): void {
  onChanges(noteChanges);
  onResync(() => void queries.invalidateQueries());
}

// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { SEVERITIES, type Severity } from '@/model/scales';
import { api, ok } from './client';

/** Open alerts by severity, read with care: the member is free-form JSON. */
export function bySeverity(raw: unknown): { severity: Severity; n: number }[] {
  const box = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  return SEVERITIES.map((severity) => ({ severity, n: typeof box[severity] === 'number' ? box[severity] : 0 }));
}

export function useOverview(enabled = true) {
  const query = useQuery({ queryKey: ['overview'], queryFn: () => ok(api.GET('/api/v1/overview')), enabled, refetchInterval: 60_000 });
  const alerts = computed(() => bySeverity(query.data.value?.alerts));
  const alertsOpen = computed(() => alerts.value.reduce((sum, x) => sum + x.n, 0));
  const counts = computed<Record<string, number>>(() => ({
    alerts: alertsOpen.value,
    todo: query.data.value?.todo ?? 0,
    notices: query.data.value?.notices_open ?? 0,
  }));
  return { query, alerts, alertsOpen, counts };
}

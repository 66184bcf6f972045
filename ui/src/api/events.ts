// SPDX-License-Identifier: Apache-2.0
// Events: what is asked of the server.
import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { api, ok, seen } from '@/api/client';
import type { components } from '@/api/schema';
import type { EventFull, Pack } from '@/model/events';

type Schemas = components['schemas'];
type At = Pick<EventFull, 'id' | 'version'>;
const of = (e: At) => ({ path: { id: e.id }, header: seen(e.version) });
const sub = (e: At, id: number) => ({ path: { id: e.id, sub: id }, header: seen(e.version) });

export const EVENT_KEYS = ['event', 'todo', 'overview', 'dues'];

export const usePack = () => useQuery({ queryKey: ['events-pack'], queryFn: async () => (await ok(api.GET('/api/v1/events/pack'))) as unknown as Pack, staleTime: 600_000 });
export const useEvent = (id: Ref<number>) => useQuery({ queryKey: computed(() => ['event', id.value]), queryFn: () => ok(api.GET('/api/v1/events/{id}', { params: { path: { id: id.value } } })) });

export const eventDo = {
  update: (e: At, body: Schemas['event_update']) => ok(api.PATCH('/api/v1/events/{id}', { params: of(e), body })),
  grade: (e: At, body: Schemas['event_grade_body']) => ok(api.POST('/api/v1/events/{id}/grade', { params: of(e), body })),
  decide: (e: At, body: Schemas['event_decide']) => ok(api.POST('/api/v1/events/{id}/grade/decision', { params: of(e), body })),
  move: (e: At, body: Schemas['event_move']) => ok(api.POST('/api/v1/events/{id}/moves', { params: of(e), body })),
  none: (e: At, reason: string) => ok(api.POST('/api/v1/events/{id}/not-event', { params: of(e), body: { reason } })),
  write: (e: At, body: Schemas['event_report_put']) => ok(api.POST('/api/v1/events/{id}/reports', { params: of(e), body })),
  rewrite: (e: At, report: number, body: Schemas['event_report_put']) => ok(api.PATCH('/api/v1/events/{id}/reports/{sub}', { params: sub(e, report), body })),
  settle: (e: At, report: number, body: Schemas['event_settle']) => ok(api.POST('/api/v1/events/{id}/reports/{sub}/settlement', { params: sub(e, report), body })),
  addUp: (e: At, authority: string) => ok(api.POST('/api/v1/events/{id}/ups', { params: of(e), body: { authority } })),
  up: (e: At, id: number, body: Schemas['event_up_act']) => ok(api.POST('/api/v1/events/{id}/ups/{sub}', { params: sub(e, id), body })),
  tick: (e: At, tick: string, done: boolean) => ok(api.POST('/api/v1/events/{id}/ticks', { params: of(e), body: { tick, done } })),
  remark: (e: At, text: string) => ok(api.POST('/api/v1/events/{id}/comments', { params: of(e), body: { text } })),
};

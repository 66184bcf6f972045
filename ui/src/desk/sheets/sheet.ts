// SPDX-License-Identifier: Apache-2.0
// One sheet on its way in: what the server made of it, and what the person says to that.
import { computed, reactive, ref } from 'vue';
import { api, ok } from '@/api/client';
import type { Done, ImportRun } from '@/api/schema';
import { useCommand } from '@/lib/command';

export type SheetKind = 'asset' | 'unit' | 'person';
export type Report = NonNullable<Done['report']>;
export type SheetStep = 'take' | 'columns' | 'units' | 'check' | 'done';
export const NEW_UNIT = -1;
export const UNDECIDED = -2;

interface Decision {
  text: string;
  rows: number;
  candidates: { id: number; name: string }[];
  unit: number;
  remember: boolean;
}

function upload(file: Blob, name: string): Promise<Done> {
  return ok(api.POST('/api/v1/imports', {
    params: { query: { name } },
    body: file as unknown as string,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'Content-Type': 'application/octet-stream' },
  }));
}

export function useSheet(kind: () => SheetKind, keys: () => string[]) {
  const { busy, run } = useCommand();
  const step = ref<SheetStep>('take');
  const id = ref(0);
  const name = ref('');
  const report = ref<Report | null>(null);
  const page = ref(0);
  const heading = ref<number | null>(null);
  const columns = ref<string[] | null>(null);
  const fill = reactive(new Set<number>());
  const units = ref<Decision[]>([]);
  const skip = ref(true);

  function body(dry: boolean): ImportRun {
    return {
      kind: kind(), sheet: page.value, heading_row: heading.value, columns: columns.value, fill: [...fill], dry_run: dry, skip_bad: skip.value,
      units: units.value.filter((u) => u.unit !== UNDECIDED).map((u) => ({ text: u.text, unit_id: u.unit, remember: u.remember && u.unit > 0 })),
    };
  }
  const send = (dry: boolean): Promise<Done> => ok(api.POST('/api/v1/imports/{id}/run', { params: { path: { id: id.value } }, body: body(dry) }));

  /* Names once decided on stay in the list, or one could not think again. */
  function keep(r: Report): void {
    report.value = r;
    heading.value = r.heading_row ?? null;
    columns.value = (r.columns ?? []).map((c) => c.field ?? '');
    for (const u of r.units ?? []) {
      if (!units.value.some((x) => x.text === u.text)) {
        units.value.push({ text: u.text, rows: u.rows, candidates: u.candidates, unit: u.candidates[0]?.id ?? UNDECIDED, remember: true });
      }
    }
  }
  async function look(next: SheetStep): Promise<void> {
    const done = await run('look', () => send(true));
    if (done?.report) {
      keep(done.report);
      step.value = next;
    }
  }
  async function take(file: Blob, called: string): Promise<void> {
    reset();
    name.value = called;
    const done = await run('take', () => upload(file, called));
    if (done?.id) {
      id.value = done.id;
      await look('columns');
    }
  }
  /* Another sheet of the book, or another row of headings: guessed anew. */
  async function turn(to: { page?: number; heading?: number | null }): Promise<void> {
    page.value = to.page ?? page.value;
    heading.value = to.heading === undefined ? null : to.heading;
    columns.value = null;
    fill.clear();
    units.value = [];
    await look('columns');
  }
  async function write(): Promise<void> {
    const done = await run('write', () => send(false), undefined, keys());
    if (done?.report) {
      report.value = done.report;
      step.value = 'done';
    }
  }
  function reset(): void {
    step.value = 'take';
    id.value = 0;
    report.value = null;
    page.value = 0;
    heading.value = null;
    columns.value = null;
    fill.clear();
    units.value = [];
    skip.value = true;
  }
  const undecided = computed(() => units.value.filter((u) => u.unit === UNDECIDED).length);
  return reactive({ busy, step, id, name, report, page, heading, columns, fill, units, skip, undecided, take, turn, look, write, reset });
}
export type Sheet = ReturnType<typeof useSheet>;

// SPDX-License-Identifier: Apache-2.0
// The rectification form: kept as a draft on the device until it is sent. The scan is uploaded once,
// when the form is sent; a form sent again after a lost answer carries the same key.
import { computed, reactive, ref, watch } from 'vue';
import { api, newKey, ok, seen } from '@/api/client';
import { upload } from '@/api/notices';
import { toAnswer } from '@/api/pleas';
import type { Finding, Notice } from '@/api/schema';
import { t } from '@/i18n';
import { useCommand } from './command';
import { draftDelete, draftGet, draftPut } from './drafts';
import { clock } from './format';
import { shrink, type Taken } from './image';

export interface Item {
  finding_id: number;
  cause: string;
  measure: string;
  residual: string;
  again: Again | '';
  again_note: string;
}

export const AGAIN = ['vendor', 'restored', 'new_system', 'false_alarm', 'other'] as const;
export type Again = (typeof AGAIN)[number];
/** It has come back, and nobody has said why yet. */
export const asksAgain = (f: Finding): boolean => !f.again_cause && (f.recurrence > 0 || !!f.previous_id);

interface Draft {
  items: Item[];
  lesson: string;
  file: { name: string; blob: Blob } | null;
  key: string;
}

const TOUCHED = ['notice', 'notices', 'todo', 'overview', 'findings'];
const SAVE_AFTER_MS = 600;

export function useSubmission(notice: () => Notice) {
  const first = notice();
  const name = `rectify/${first.id}/${first.round}`;
  const form = reactive<Draft>({
    items: toAnswer(first).map((f) => ({ finding_id: f.id, cause: 'config', measure: '', residual: '', again: '', again_note: '' })),
    lesson: '',
    file: null,
    key: newKey(),
  });
  const { busy, run } = useCommand();
  const savedAt = ref('');
  /* Paper handed to the centre was scanned there: then the form needs no file of its own. */
  const handed = computed(() => [...notice().attachments].reverse().find((a) => a.by_proxy && a.round === notice().round && a.kind === 'scan') ?? null);
  const asking = computed(() => new Set(notice().findings.filter(asksAgain).map((f) => f.id)));
  const ready = computed(() => (form.file !== null || handed.value !== null) && form.items.every((i) => i.measure.trim() !== '' && (i.again !== '' || !asking.value.has(i.finding_id))));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restored = false;
  let uploaded: { blob: Blob; id: number } | null = null;

  void draftGet<Draft>(name).then((old) => {
    if (old) {
      const texts = new Map(old.items.map((i) => [i.finding_id, i]));
      form.items = form.items.map((i) => ({ ...i, ...texts.get(i.finding_id) }));
      Object.assign(form, { lesson: old.lesson, file: old.file, key: old.key });
      savedAt.value = t('draft.restored');
    }
    restored = true;
  });

  async function save(): Promise<void> {
    const plain: Draft = { items: form.items.map((i) => ({ ...i })), lesson: form.lesson, file: form.file ? { name: form.file.name, blob: form.file.blob } : null, key: form.key };
    await draftPut(name, plain);
    savedAt.value = t('draft.saved', { at: clock(Date.now()) });
  }
  watch(form, () => {
    if (restored) {
      clearTimeout(timer);
      timer = setTimeout(() => void save(), SAVE_AFTER_MS);
    }
  });

  async function take(file: File): Promise<void> {
    put(await shrink(file));
  }
  const put = (file: Taken | null): void => void (form.file = file);

  async function send(): Promise<void> {
    const it = notice();
    const file = form.file;
    if (file && uploaded?.blob !== file.blob) {
      const done = await upload(it.id, file.blob, file.name);
      uploaded = { blob: file.blob, id: done.id ?? 0 };
    }
    const scan = file ? uploaded?.id : handed.value?.id;
    const items = form.items.map((i) => ({ finding_id: i.finding_id, cause: i.cause, measure: i.measure, done_at: Date.now(), residual: i.residual || null, again_cause: i.again || null, again_note: i.again_note.trim() || null }));
    const { data } = await api.GET('/api/v1/notices/{id}', { params: { path: { id: it.id } } });
    await ok(api.POST('/api/v1/notices/{id}/submit', { params: { path: { id: it.id }, header: { ...seen(data?.version ?? it.version), 'Idempotency-Key': form.key } }, body: { items, attachment_id: scan ?? 0, lesson: form.lesson || null } }));
    clearTimeout(timer);
    await draftDelete(name);
  }
  const submit = async (): Promise<boolean> => ready.value && (await run('submit', async () => { await send(); return true; }, t('panel.submitted'), TOUCHED)) === true;
  return { form, ready, handed, busy, savedAt, take, put, submit, save };
}

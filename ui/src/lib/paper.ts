// SPDX-License-Identifier: Apache-2.0
// A paper is made outside the command that asks for it: wait until it is there, then download it.
import { api, ok } from '@/api/client';
import { t } from '@/i18n';
import { toast } from './toast';

const PAUSE_MS = 500;
const TRIES_MAX = 60;

/** The address of the finished file, or null when it could not be made. */
export async function paperReady(id: number): Promise<string | null> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const about = await ok(api.GET('/api/v1/documents/{id}/about', { params: { path: { id } } }));
    if (about.state !== 'waiting') {
      return about.state === 'ready' ? `/api/v1/documents/${id}` : null;
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return null;
}

/** Wait for a paper and hand it to the browser. */
export async function paperDownload(id: number): Promise<void> {
  const at = await paperReady(id);
  if (at === null) {
    toast(t('paper.failed'), { kind: 'bad' });
    return;
  }
  const link = document.createElement('a');
  link.href = at;
  link.download = '';
  link.click();
}

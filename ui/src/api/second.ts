// SPDX-License-Identifier: Apache-2.0
// A dangerous act was refused for want of a fresh code: ask for one, then send the act again.
import { createApp } from 'vue';
import { loadSession, session } from '@/lib/session';
import { api, ok } from './client';

let asking: Promise<boolean> | null = null;

/* One dialog at a time, whichever screen and however many requests want it. */
function ask(enrol: boolean): Promise<boolean> {
  asking ??= dialog(enrol).finally(() => (asking = null));
  return asking;
}

async function dialog(enrol: boolean): Promise<boolean> {
  const { default: StepUp } = await import('@/app/StepUp.vue');
  const host = document.body.appendChild(document.createElement('div'));
  let close = (): void => undefined;
  const shown = await new Promise<boolean>((end) => {
    const app = createApp(StepUp, { enrol, end });
    close = () => app.unmount();
    app.mount(host);
  });
  close();
  host.remove();
  await loadSession().catch(() => null);
  return shown;
}

/** The answer to a refused request once a code was shown; the refusal itself when it was not. */
export async function shown(again: Request, refused: Response): Promise<Response> {
  const told = (await refused.clone().json().catch(() => null)) as { code?: string } | null;
  const enrol = told?.code === 'second_factor_enrol';
  // At sign-in a page of its own asks.
  if ((!enrol && told?.code !== 'second_factor_needed') || session.value?.second_pending) {
    return refused;
  }
  return (await ask(enrol)) ? fetch(again) : refused;
}

/** Before a link that only the browser can follow: may it be followed now? */
export async function mayFollow(): Promise<boolean> {
  const mine = await ok(api.GET('/api/v1/session/second-factor'));
  return mine.fresh_until || (!mine.on && mine.demand === 'off') ? true : ask(!mine.on);
}

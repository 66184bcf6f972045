// SPDX-License-Identifier: Apache-2.0
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/lists.css';
import { setLocale, storedLocale } from './i18n';
import { startClock } from './lib/clock';
import { startTheme } from './lib/theme';

startTheme();
startClock();

/* The phone has its own tree and its own bundle; nothing of the desk is loaded there. */
async function start(): Promise<void> {
  const phone = /^\/m(\/|$)/.test(location.pathname);
  const [app] = await Promise.all([phone ? import('./phone/app') : import('./desk/app'), setLocale(storedLocale())]);
  await app.start();
}

void start();

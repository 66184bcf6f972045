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

/* The phone has its own tree and its own bundle; nothing of the desk is loaded there. A table, not a
   choice in place: the minifier folds "a ? import(x) : import(y)" into one call and with it drops
   the style sheets of one of them. */
const TREES = {
  phone: () => import('./phone/app'),
  desk: () => import('./desk/app'),
};

async function start(): Promise<void> {
  const tree = /^\/m(\/|$)/.test(location.pathname) ? 'phone' : 'desk';
  const [app] = await Promise.all([TREES[tree](), setLocale(storedLocale())]);
  await app.start();
  /* Only what was refused needs them: they come behind the first page. */
  void import('./i18n/refusal_words');
}

void start();

// SPDX-License-Identifier: Apache-2.0
// The interface without a browser, for what a test only needs to be there: one session of one person.
import { randomUUID } from 'node:crypto';
import { BASE, PASSWORD } from './house.mjs';

/** Signs in, at first with the one-time password; call(method, path, body) as that person, `cookie` for a browser. */
export async function session(account, oneTime = '') {
  const it = { cookie: '', seq: 0 };
  it.raw = async (method, path, body, type) => {
    const key = randomUUID().replaceAll('-', '');
    // A machine that is busy with other tests may not answer in time: the same wish is told again under its key.
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${BASE}/api/v1${path}`, { method, headers: { 'Sec-Fetch-Site': 'same-origin', 'Idempotency-Key': key, Cookie: it.cookie, 'Fengsui-Seq': String(it.seq), ...(body === undefined ? {} : { 'Content-Type': type }) }, body });
      const set = /fengsui=[^;]+/.exec(answer.headers.get('set-cookie') ?? '');
      it.cookie = set ? set[0] : it.cookie;
      it.seq = Math.max(it.seq, Number(answer.headers.get('fengsui-seq') ?? 0));
      const text = await answer.text();
      if (answer.status === 503 && tries < 30) {
        await new Promise((done) => setTimeout(done, 1000));
        continue;
      }
      if (!answer.ok) {
        throw new Error(`${account}: ${method} ${path} ${answer.status} ${text.slice(0, 400)}`);
      }
      return text ? JSON.parse(text) : {};
    }
  };
  it.call = (method, path, body) => it.raw(method, path, body === undefined ? undefined : JSON.stringify(body), 'application/json');
  it.post = (path, body = {}) => it.call('POST', path, body);
  it.get = (path) => it.call('GET', path);
  it.as = async (role) => {
    const { grants } = await it.get('/session');
    await it.post('/session/role', { grant_id: grants.find((g) => g.role === role).id });
    return it;
  };
  await it.post('/session', { account, password: oneTime || PASSWORD });
  if (oneTime) {
    await it.post('/session/password', { old: oneTime, new: PASSWORD });
  }
  return it;
}

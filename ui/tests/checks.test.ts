// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CHECK_KINDS, exampleOf, formOf, paramsOf, paramsToSend } from '../src/model/checks';

describe('the form of a check', () => {
  it('has the kinds of the table, in its order', () => expect(CHECK_KINDS.slice(0, 7)).toEqual(['icmp', 'tcp', 'http', 'tls', 'dns', 'snmp', 'host']));
  it('has an example for every kind', () => expect(CHECK_KINDS.filter((k) => exampleOf(k) === '')).toEqual([]));
  it('sends numbers as numbers and nothing of what is empty', () => {
    const form = { ...formOf('http', { status: 200 }), expect: ' 正常 ', warn_days: '', accept_untrusted: true };
    expect(paramsToSend('http', form, undefined)).toEqual({ status: 200, expect: '正常', accept_untrusted: true });
  });
  it('never shows a secret and keeps the one that is there', () => {
    const kept = { secret: true, method: 'pap', password: true };
    const form = formOf('radius', kept);
    expect(form.secret).toBe('');
    expect(paramsToSend('radius', form, kept)).toEqual({ secret: true, method: 'pap', password: true });
    expect(paramsToSend('radius', { ...form, secret: ' new ' }, kept).secret).toBe(' new ');
    expect(paramsToSend('radius', form, undefined)).toEqual({ method: 'pap' });
  });
  it('keeps what another kind was told out', () => expect(formOf('icmp', { expect: 'x', timeout_ms: 500 })).toEqual({ timeout_ms: '500', warn_ms: '', window: '', count: '', warn_loss: '' }));
  it('has words for every parameter in both languages', () => expect(CHECK_KINDS.flatMap((k) => paramsOf(k)).filter((p) => !/[\u4e00-\u9fffA-Z]/.test(p.zh) || /[\u4e00-\u9fff]/.test(p.en) || p.en === '')).toEqual([]));
  it('says which parameters are needed', () => expect(paramsOf('dns').filter((p) => p.needed).map((p) => p.name)).toEqual(['name']));
});

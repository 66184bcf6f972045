// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dayOn, monthOn, readDay, weeksOf } from '../src/lib/dates';
import { changed, GROUPS, sent, shown } from '../src/lib/settings';

describe('a day', () => {
  it.each([['2026-11-5', '2026-11-05'], ['2026/11/05', '2026-11-05'], ['20261105', '2026-11-05'], [' 2026年11月5日 ', '2026-11-05'], ['2026-02-30', null], ['11/05/2026', null], ['morgen', null]])('%s is read as %s', (text, day) => expect(readDay(text)).toBe(day));
  it('has neighbours across months and years', () => expect([dayOn('2026-12-31', 1), dayOn('2026-03-01', -1), monthOn('2026-01-31', 1), monthOn('2026-01-15', -1)]).toEqual(['2027-01-01', '2026-02-28', '2026-02-28', '2025-12-15']));
  it('lies in weeks that begin on Monday and hold its whole month', () => {
    const weeks = weeksOf('2026-11-22').flat();
    expect(weeks).toHaveLength(42);
    expect(weeks[0]).toBe('2026-10-26');
    expect(weeks).toContain('2026-11-30');
  });
});

describe('the networks administrators log in from', () => {
  const field = GROUPS.admin?.[0];
  it('are shown a line each and sent as a list', () => {
    expect(field && shown(field, ['10.0.0.0/8', '::1'])).toBe('10.0.0.0/8\n::1');
    expect(field && sent(field, ' 10.0.0.0/8，\n::1 ')).toEqual(['10.0.0.0/8', '::1']);
  });
  it('are sent only when they were changed', () => {
    const old = new Map([['admin_from', { key: 'admin_from', value: { networks: ['10.0.0.0/8'] }, version: 1 }]]) as never;
    expect(changed(GROUPS.admin ?? [], { 'admin_from.networks': '10.0.0.0/8' }, old).size).toBe(0);
    expect(changed(GROUPS.admin ?? [], { 'admin_from.networks': '' }, old).get('admin_from')).toEqual({ networks: [] });
    expect(changed(GROUPS.admin ?? [], { 'admin_from.networks': '' }, new Map()).size).toBe(0);
  });
});

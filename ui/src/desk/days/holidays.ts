// SPDX-License-Identifier: Apache-2.0
// The holidays a calendar holds, for a list of what is shut over them.
import type { Calendar, ShutdownItem } from '@/api/schema';
import { dayOn } from '@/lib/dates';
import { worked } from './days';

export interface Holiday { from: string; to: string; name: 'new_year' | 'spring' | 'qingming' | 'may' | 'national' | 'break' | 'other' }

const LEAST_DAYS = 3;
const AHEAD_DAYS = 400;
const FIXED: [string, Holiday['name']][] = [['01-01', 'new_year'], ['04-04', 'qingming'], ['04-05', 'qingming'], ['05-01', 'may'], ['10-01', 'national']];

function nameOf(from: string, to: string): Holiday['name'] {
  for (let day = from; day <= to; day = dayOn(day, 1)) {
    const fixed = FIXED.find(([date]) => day.slice(5) === date);
    if (fixed) {
      return fixed[1];
    }
  }
  const month = Number(from.slice(5, 7));
  return month <= 2 ? 'spring' : 'other';
}

/** Three days off or more in a row, and the breaks between terms, the next one first. */
export function holidaysOf(calendar: Pick<Calendar, 'years' | 'school'>, today: string): Holiday[] {
  const out: Holiday[] = [];
  const last = dayOn(today, AHEAD_DAYS);
  let from = '';
  for (let day = today; day <= last; day = dayOn(day, 1)) {
    const on = worked(day, calendar.years, calendar.school);
    if (!on && from === '') {
      from = day;
    } else if (on && from !== '') {
      const to = dayOn(day, -1);
      if (dayOn(from, LEAST_DAYS - 1) <= to) {
        out.push({ from, to, name: nameOf(from, to) });
      }
      from = '';
    }
  }
  const breaks = calendar.school.filter((s) => s.kind === 'break' && s.to >= today).map((s) => ({ from: s.from, to: s.to, name: 'break' as const }));
  return [...out, ...breaks].sort((a, b) => a.from.localeCompare(b.from));
}

/** Units with a system nobody has answered for, the one with most first. */
export function owing(items: ShutdownItem[]): { id: number; name: string; n: number }[] {
  const units = new Map<number, { id: number; name: string; n: number }>();
  for (const item of items.filter((i) => i.state === 'asked')) {
    const unit = units.get(item.unit.id) ?? { ...item.unit, n: 0 };
    units.set(item.unit.id, { ...unit, n: unit.n + 1 });
  }
  return [...units.values()].sort((a, b) => b.n - a.n || a.id - b.id);
}

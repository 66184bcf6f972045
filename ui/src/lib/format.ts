// SPDX-License-Identifier: Apache-2.0
// Times, numbers and countdowns as people read them. The zone is the server's, never the browser's.
import { locale, t } from '@/i18n';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let zone = 'Asia/Shanghai';
let cache: { zone: string; fmt: Intl.DateTimeFormat } | null = null;

export function setZone(name: string): void {
  zone = name;
}

export interface Civil {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
}

export function civil(ms: number): Civil {
  if (cache?.zone !== zone) {
    const fmt = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit',
      hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    cache = { zone, fmt };
  }
  const out: Record<string, string> = {};
  for (const part of cache.fmt.formatToParts(ms)) {
    out[part.type] = part.value;
  }
  return out as unknown as Civil;
}

export function clock(ms: number): string {
  const at = civil(ms);
  return `${at.hour}:${at.minute}`;
}

export function clockSeconds(ms: number): string {
  return `${clock(ms)}:${civil(ms).second}`;
}

export function full(ms: number): string {
  const at = civil(ms);
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}:${at.second}`;
}

export function dateLong(ms: number): string {
  const at = civil(ms);
  return `${at.year}年${Number(at.month)}月${Number(at.day)}日`;
}

/** Without "x minutes ago": same day 15:24, same year 11-22 15:24, else with the year. */
export function stamp(ms: number, now: number): string {
  const at = civil(ms);
  const today = civil(now);
  const hm = `${at.hour}:${at.minute}`;
  if (at.year !== today.year) {
    return `${at.year}-${at.month}-${at.day} ${hm}`;
  }
  return at.month === today.month && at.day === today.day ? hm : `${at.month}-${at.day} ${hm}`;
}

export function ago(ms: number, now: number): string {
  const past = now - ms;
  if (past < 0 || past >= HOUR) {
    return stamp(ms, now);
  }
  return past < MINUTE ? t('time.just_now') : t('time.minutes_ago', { n: Math.floor(past / MINUTE) });
}

/** A length in its two largest units: "1 天 3 小时", "42 分钟". */
export function span(length: number): string {
  const ms = Math.max(0, length);
  if (ms < MINUTE) {
    return t('time.seconds', { n: Math.floor(ms / 1000) });
  }
  if (ms < HOUR) {
    return t('time.minutes', { n: Math.floor(ms / MINUTE) });
  }
  if (ms < DAY) {
    const rest = Math.floor((ms % HOUR) / MINUTE);
    const hours = t('time.hours', { n: Math.floor(ms / HOUR) });
    return rest ? `${hours} ${t('time.minutes', { n: rest })}` : hours;
  }
  const rest = Math.floor((ms % DAY) / HOUR);
  const days = t('time.days', { n: Math.floor(ms / DAY) });
  return rest ? `${days} ${t('time.hours', { n: rest })}` : days;
}

export interface Left {
  text: string;
  over: boolean;
  soon: boolean;
}

/** Time left until due: 6:18 under an hour, "1 天 3 小时" above, "已超 2 分钟" past it. */
export function countdown(due: number, now: number): Left {
  const left = due - now;
  if (left < 0) {
    return { text: t('time.over', { span: span(Math.max(MINUTE, -left)) }), over: true, soon: false };
  }
  if (left < HOUR) {
    const minutes = Math.floor(left / MINUTE);
    const seconds = Math.floor((left % MINUTE) / 1000);
    return { text: `${minutes}:${String(seconds).padStart(2, '0')}`, over: false, soon: true };
  }
  return { text: span(left), over: false, soon: left < 4 * HOUR };
}

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? '—' : new Intl.NumberFormat(locale.value).format(n);
}

export function percent(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined || Number.isNaN(share)) {
    return '—';
  }
  // 99.996 % must not be shown as a flawless 100 %.
  const scale = 10 ** digits;
  const hundred = share < 1 ? Math.min(Math.round(share * 100 * scale), 100 * scale - 1) / scale : 100;
  return digits > 0 && hundred < 100 ? `${hundred.toFixed(digits)}%` : `${hundred}%`;
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined) {
    return '—';
  }
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < SIZES.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZES[unit]}`;
}

export function bitrate(bps: number | null | undefined): string {
  if (bps === null || bps === undefined) {
    return '—';
  }
  const steps: [number, string][] = [[1e9, 'Gbps'], [1e6, 'Mbps'], [1e3, 'kbps']];
  for (const [size, unit] of steps) {
    // 999.9 kbps is written as 1 Mbps, never as 1000 kbps.
    if (bps >= size * 0.9995) {
      return `${Number((bps / size).toPrecision(3))} ${unit}`;
    }
  }
  return `${Math.round(bps)} bps`;
}

export function millis(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) {
    return '—';
  }
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A space between Chinese and Latin letters or digits, as the printed page has it. */
export function spaced(text: string): string {
  return text.replace(/([\u4e00-\u9fff])([A-Za-z0-9])/g, '$1 $2').replace(/([A-Za-z0-9%/])([\u4e00-\u9fff])/g, '$1 $2');
}

/** A ratio the server wrote in hundredths, "99.82". */
export function ratio(text: string | null | undefined): string {
  return text === null || text === undefined ? '—' : `${text}%`;
}

/** Names in a row, as the language of the page has them. */
export function listed(names: string[]): string {
  return names.join(locale.value === 'en' ? ', ' : '、');
}

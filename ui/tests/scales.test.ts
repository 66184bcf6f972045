// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zh } from '../src/i18n/zh';
import { zhDesk } from '../src/i18n/zh/desk';
import { grades } from '../src/i18n/zh/grades';

const ROOT = join(__dirname, '../src');
const words: Record<string, string> = { ...zh, ...zhDesk, ...grades };
const of = (prefix: string): string[] => Object.entries(words).filter(([k]) => k.startsWith(`${prefix}.`)).map(([, v]) => v);
const files = (dir: string): string[] => readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((f) => /\.(vue|ts)$/.test(f)).map((f) => join(dir, f));

describe('the four scales', () => {
  it('have the words of the vocabulary', () => {
    expect(of('severity')).toEqual(['紧急', '重要', '次要', '提示']);
    expect(of('grade')).toEqual(['紧急', '高危', '中危', '低危']);
    expect(of('event_grade').length).toBe(4);
    expect(of('event_grade').every((w) => /（[ⅠⅡⅢⅣ]级）$/.test(w))).toBe(true);
    expect(of('warning')).toEqual(['红色预警', '橙色预警', '黄色预警', '蓝色预警']);
  });
  it('never put a colour or an event grade into a sentence about alerts, findings or notices', () => {
    const others = /[红橙黄蓝]色|[ⅠⅡⅢⅣ]\s*级|特别重大|(?<!或)重大(?!变)/;
    expect(Object.entries(words).filter(([k, v]) => !/^(event_grade|warning)\./.test(k) && others.test(v))).toEqual([]);
  });
  it.each([
    ['desk/alerts', ['GradeBadge', 'EventGradeBadge', 'WarningBadge']],
    ['desk/checks', ['GradeBadge', 'EventGradeBadge', 'WarningBadge']],
    ['desk/findings', ['AlertSeverityBadge', 'EventGradeBadge', 'WarningBadge']],
    ['desk/notices', ['AlertSeverityBadge', 'EventGradeBadge', 'WarningBadge']],
    ['phone', ['AlertSeverityBadge', 'EventGradeBadge', 'WarningBadge']],
  ])('keep %s to its own badge', (dir, foreign) => {
    const worn = files(join(ROOT, dir)).flatMap((f) => foreign.filter((b) => readFileSync(f, 'utf8').includes(`<${b} `)).map((b) => `${f} ${b}`));
    expect(worn).toEqual([]);
  });
  it('draw a chip only through a badge', () => {
    const naked = files(ROOT).filter((f) => readFileSync(f, 'utf8').includes('<LevelChip') && !/Badge\.vue$/.test(f));
    expect(naked).toEqual([]);
  });
});

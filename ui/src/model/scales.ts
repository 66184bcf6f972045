// SPDX-License-Identifier: Apache-2.0
// Four scales, four types. They share fills, never words: an alert has a severity, a finding or a
// notice a grade, an event a grade of its own set by a person, a warning a colour.
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type Severity = Schemas['alert']['severity'];
export type Grade = Schemas['finding']['grade'];
export type EventGrade = NonNullable<Schemas['event_item']['grade']>;
export type WarningColour = 'red' | 'orange' | 'yellow' | 'blue';
export type Tone = 'bad' | 'warn' | 'accent' | 'ok' | 'idle';

interface Drawn {
  tone: 1 | 2 | 3 | 4 | 5;
  bars: number;
}

export const SEVERITY: Record<Severity, Drawn> = {
  critical: { tone: 1, bars: 4 },
  major: { tone: 2, bars: 3 },
  minor: { tone: 3, bars: 2 },
  info: { tone: 5, bars: 1 },
};

export const GRADE: Record<Grade, Drawn> = {
  urgent: { tone: 1, bars: 4 },
  high: { tone: 2, bars: 3 },
  medium: { tone: 3, bars: 2 },
  low: { tone: 4, bars: 1 },
};

export const EVENT_GRADE: Record<EventGrade, Drawn> = {
  i: { tone: 1, bars: 4 },
  ii: { tone: 2, bars: 3 },
  iii: { tone: 3, bars: 2 },
  iv: { tone: 4, bars: 1 },
};

export const WARNING: Record<WarningColour, Drawn> = {
  red: { tone: 1, bars: 4 },
  orange: { tone: 2, bars: 3 },
  yellow: { tone: 3, bars: 2 },
  blue: { tone: 4, bars: 1 },
};

export const SEVERITIES = Object.keys(SEVERITY) as Severity[];
export const GRADES = Object.keys(GRADE) as Grade[];

export function isSeverity(word: string | null | undefined): word is Severity {
  return !!word && word in SEVERITY;
}

export function isGrade(word: string | null | undefined): word is Grade {
  return !!word && word in GRADE;
}

// SPDX-License-Identifier: Apache-2.0
// What differs between two texts, line by line or sentence by sentence: the longest run both have stays.
export interface DiffLine {
  mark: ' ' | '+' | '-';
  text: string;
}

/** A stretch shown as it is, or the number of equal lines left out between two changes. */
export type DiffPart = DiffLine | { mark: '…'; count: number };

/** Lines of a text; a trailing line end makes no empty one. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  return lines;
}

/** Sentences of a text, each with its stop; what stands on a line of its own is one too. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[。！？；])|(?<=[.!?;])(?=\s)|\n/).map((s) => s.trim()).filter((s) => s !== '');
}

export const lineDiff = (before: string, after: string): DiffLine[] => diff(linesOf(before), linesOf(after));
export const sentenceDiff = (before: string, after: string): DiffLine[] => diff(sentencesOf(before), sentencesOf(after));

/** Equal lines further than `around` from any change are left out and counted. */
export function folded(lines: DiffLine[], around: number): DiffPart[] {
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some((l) => l.mark !== ' '));
  const out: DiffPart[] = [];
  lines.forEach((line, i) => {
    const last = out.at(-1);
    if (near[i]) {
      out.push(line);
    } else if (last?.mark === '…') {
      last.count++;
    } else {
      out.push({ mark: '…', count: 1 });
    }
  });
  return out;
}

function diff(a: string[], b: string[]): DiffLine[] {
  /* common[i][j]: how many lines a from i and b from j have in common. */
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ mark: ' ', text: a[i]! });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      out.push({ mark: '-', text: a[i++]! });
    } else {
      out.push({ mark: '+', text: b[j++]! });
    }
  }
  return out;
}

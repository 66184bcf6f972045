// SPDX-License-Identifier: Apache-2.0
// The places of a notice template, by the words its authors write.

interface Chosen { title: string; asset?: { name: string } | null; unit?: { name: string } | null }

const once = (names: (string | undefined)[]): string => [...new Set(names.filter((n): n is string => !!n))].join('、');

/** The text with 单位, 系统, 隐患, 数量 and 联系 filled in; a place that nothing fits stays to be seen. */
export function filledTemplate(text: string, chosen: Chosen[], contact: string): string {
  const places: Record<string, string> = {
    单位: once(chosen.map((f) => f.unit?.name)),
    系统: once(chosen.map((f) => f.asset?.name)),
    隐患: once(chosen.map((f) => f.title)),
    数量: chosen.length ? String(chosen.length) : '',
    联系: contact.trim(),
  };
  return text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, name: string) => places[name] || whole);
}

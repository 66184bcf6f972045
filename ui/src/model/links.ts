// SPDX-License-Identifier: Apache-2.0

const PATHS: Record<string, string> = {
  alert: '/alerts/', notice: '/notices/', asset: '/assets/', finding: '/findings/', unit: '/units/', check: '/checks/', maintenance: '/maintenance/', discovered: '/found/', circuit: '/net?tab=lines&line=', filing: '/filings/', doubt: '/units?tab=doubts&at=', term_review: '/units?tab=reviews&at=', unit_note: '/units?tab=notes&at=', incoming: '/incoming/', task: '/group/', shutdown: '/days?tab=holiday&h=', selfcheck: '/selfchecks/', regulation: '/policy?r=', clause: '/policy?tab=asks&c=', knowledge: '/knowledge/', event: '/events/'
};

/** The page of a record, or null where a kind has none. */
export function pathOf(kind: string, id: number | null | undefined): string | null {
  if (kind === 'person') {
    return '/units?tab=people';
  }
  if (kind === 'guidance') {
    return '/group?tab=guidance';
  }
  if (kind === 'incident') {
    return id ? `/alerts?incident=${id}` : null;
  }
  const base = PATHS[kind];
  return base && id ? base + String(id) : null;
}

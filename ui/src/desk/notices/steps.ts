// SPDX-License-Identifier: Apache-2.0
import type { Notice } from '@/api/schema';
import { mayDo } from '@/api/notices';
import type { StepView } from '@/components/Steps.vue';
import { t } from '@/i18n';
import { now } from '@/lib/clock';
import { span, stamp } from '@/lib/format';
import { STEPS, stepOf, type Step } from '@/model/states';

/* Giving back what is formally wrong is allowed while it waits for another; it is nobody's turn for that. */
const MINE: Record<Step, string[]> = {
  issue: ['review', 'issue', 'update'], sign: ['sign'], rectify: ['plan'], report: ['submit'], verify: ['verify', 'pass', 'fail'], brief: ['brief'], upreport: ['upreport', 'mark_brief'], archive: ['close'],
};

function noteOf(n: Notice, step: Step): string {
  const last = n.rectifications[n.rectifications.length - 1];
  const check = n.verifications[n.verifications.length - 1];
  const at = (ms: number | null | undefined): string => (ms ? stamp(ms, now.value) : '');
  switch (step) {
    case 'issue':
      return n.issued_at ? `${n.issuer?.name ?? ''} ${at(n.issued_at)}` : '';
    case 'sign':
      return n.signed_at && n.issued_at ? t('notice.signed_after', { name: n.signed_by?.name ?? '', span: span(n.signed_at - n.issued_at) }) : '';
    case 'rectify':
      return last?.items.length ? t('notice.items_done', { n: last.items.length, all: n.findings.length }) : '';
    case 'report':
      return last?.submitted_at ? t('notice.submitted_at', { at: at(last.submitted_at) }) : '';
    case 'verify':
      return check?.settled_at ? `${check.verifier?.name ?? ''} ${at(check.settled_at)}` : '';
    case 'brief':
      return n.brief ? (n.brief.read_at ? t('notice.read_by', { name: n.brief.leader.name }) : n.brief.leader.name) : '';
    case 'upreport':
      return n.upreport === 'undecided' ? '' : t(`notice.upreport.${n.upreport}`);
    case 'archive':
      return at(n.closed_at);
  }
}

/** The eight steps with what is known of each. */
export function stepViews(n: Notice): StepView[] {
  const here = stepOf(n.state);
  return STEPS.map((step, i) => {
    const mine = i === here && MINE[step].some((a) => mayDo(n, a));
    return { name: t(`step.${step}`), note: mine ? t('notice.your_turn') : noteOf(n, step), mine };
  });
}

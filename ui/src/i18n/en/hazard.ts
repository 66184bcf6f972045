// SPDX-License-Identifier: Apache-2.0
import type { hazard as source } from '../zh/hazard';

export const hazard: Record<keyof typeof source, string> = {
  'hazard.note': 'Report at once: three answers will do, the rest can follow. Whoever is on duty hears immediately, and you get a number.',
  'hazard.what': 'What did you see',
  'hazard.what_hint': 'A changed home page, a suspicious mail, water in the machine room',
  'hazard.asset': 'System or device',
  'hazard.asset_none': 'Not known, or not on the list',
  'hazard.place': 'Where',
  'hazard.place_hint': 'The kiosk on the library\'s ground floor',
  'hazard.since': 'Since when',
  'hazard.since.now': 'Just now',
  'hazard.since.earlier': 'Earlier',
  'hazard.since_at': 'Began at',
  'hazard.harm': 'It has done harm, or does so now',
  'hazard.harm_hint': 'Please telephone the person on duty as well.',
  'hazard.more': 'More',
  'hazard.more_hint': 'No passwords and no whole identity or student numbers.',
  'hazard.send': 'Report',
  'hazard.receipt': 'Taken in as {number}',
  'hazard.next': 'The person on duty is judging it; what comes of it appears here. Stay reachable, and keep logs and evidence.',
  'hazard.again': 'Report another',
  'hazard.mine': 'Reported by this unit',
  'hazard.none': 'Nothing reported yet',
  'hazard.none_text': 'Reporting of one\'s own accord never counts against a unit.',
  'hazard.judge': 'Judge and confirm',
  'hazard.judge_note': 'Reported by the unit: settle its grade and kind.',
};

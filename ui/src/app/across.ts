// SPDX-License-Identifier: Apache-2.0
// Desk and phone are two trees. Who comes from outside, by the link of a message, may belong in the other one.
import type { Router } from 'vue-router';
import { homeOf } from '@/lib/session';

/** Is this address of the phone's tree? */
export const ofPhone = (path: string): boolean => /^\/m(\/|$)/.test(path);

/** Where this address leads the person in hand: a unit's people on a phone to the page made for it. */
export function placeOf(role: string, path: string): string {
  const home = homeOf(role);
  return path.length < 2 ? home : ofPhone(home) ? path.replace(/^\/notices\/(\d+)$/, '/m/n/$1').replace(/^\/selfchecks\/\d/, '/m$&') : path;
}

/** Leaves for the phone's tree where that has the page; true when it does. */
export function across(router: Router, role: string, path: string): boolean {
  const place = placeOf(role, path);
  const leaves = ofPhone(place) && !router.hasRoute('m-notice');
  if (leaves) {
    window.location.replace(place);
  }
  return leaves;
}

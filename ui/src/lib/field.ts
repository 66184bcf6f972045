// SPDX-License-Identifier: Apache-2.0
import type { InjectionKey } from 'vue';

/** What a labelled field tells the control inside it. */
export const FIELD: InjectionKey<{ id: string; describedBy: string }> = Symbol('field');

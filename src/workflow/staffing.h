/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How many people the centre has, and whether the school chose 小单位模式.
 *
 * Second reader, second operator and "verifier is not the author" need a third
 * person; below three they are dropped, never "verifier is not the repairer".
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

enum { STAFFING_FULL = 3 }; /* people from which every second pair of eyes exists */

struct staffing {
	bool small_mode;
	unsigned centre_people; /* active people in the centre */
};

/** Do the rules that need a third person apply? */
static inline bool staffing_third_person(const struct staffing *staffing)
{
	return !staffing->small_mode || staffing->centre_people >= STAFFING_FULL;
}

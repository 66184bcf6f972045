/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Verification 复核: somebody else looks whether it really is put right.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum verification_state {
	VERIFICATION_ASSIGNED,
	VERIFICATION_TESTING,
	VERIFICATION_PASSED,
	VERIFICATION_PARTIALLY_PASSED,
	VERIFICATION_FAILED,
	VERIFICATION_CANNOT_VERIFY,
};

#define VERIFICATION_COUNT (VERIFICATION_CANNOT_VERIFY + 1)

extern const struct name_table verification_state_names;

/** How a finding was looked at again. */
enum verification_method {
	METHOD_PROBE,
	METHOD_MANUAL,
	METHOD_DOCUMENT,
};

#define METHOD_COUNT (METHOD_DOCUMENT + 1)

extern const struct name_table verification_method_names;

/* SPDX-License-Identifier: Apache-2.0 */
/* Apart, because the engines' states and the model's are two enums of one name. */
#include "role/probe/state_number.h"

#include "model/check.h"

int64_t state_number(struct slice text)
{
	int state = name_parse(&check_state_names, text);
	return state < 0 ? CHECK_UNKNOWN : state;
}

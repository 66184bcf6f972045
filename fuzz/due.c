/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/jw.h"
#include "workflow/explain.h"

/* What is read is written so that it reads the same again, and explains itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct due due;
	struct due again;
	if (due_parse_json(slice_of(data, size), &due, NULL) < 0) {
		return 0;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 8 * DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, &due);
	if (due_parse_json(buf_slice(&text), &again, NULL) < 0 || again.due_ms != due.due_ms ||
		again.step_count != due.step_count || again.start_ms != due.start_ms) {
		abort();
	}
	struct calendar calendar;
	struct explanation explanation;
	calendar_init(&calendar);
	(void)!due_recompute(&calendar, &due, &again.due_ms, &again.provisional);
	explain_due(&due, &explanation);
	explain_put_text(&calendar, &explanation, LANG_ZH, &text);
	return 0;
}

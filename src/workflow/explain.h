/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A deadline's derivation as sentences: stored and sent as {code, args},
 * rendered in the reader's language.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/name.h"
#include "workflow/due.h"

struct buf;
struct jw;

enum { EXPLAIN_ARGS_MAX = 3, EXPLAIN_SENTENCES_MAX = DUE_STEPS_MAX + 8 };

enum explain_kind { EXPLAIN_TEXT, EXPLAIN_TIME, EXPLAIN_SPAN, EXPLAIN_RULE, EXPLAIN_CLOCK };

struct explain_arg {
	const char *name; /* NULL ends the list */
	enum explain_kind kind;
	int64_t value; /* unix ms, ms of a span, or minute of the day */
	struct due_rule rule;
	const char *text; /* borrowed from the due */
};

struct explain_sentence {
	const char *code; /* "due.start" … */
	struct explain_arg args[EXPLAIN_ARGS_MAX];
};

struct explanation {
	size_t count;
	struct explain_sentence sentences[EXPLAIN_SENTENCES_MAX];
};

/** Owns:    texts in *ret belong to the due, which must outlive it. */
void explain_due(const struct due *due, struct explanation *ret);

/** A paper's deadline as the superior gave it, and by when the school must be done within. */
void explain_superior(int64_t due_ms, int64_t inner_ms, struct explanation *ret);

/** A day that was named and not counted. */
void explain_given(int64_t due_ms, struct explanation *ret);

/** An array of {"code","args":{…}}; times as unix ms, rules as "5 wd". */
void explain_put_json(struct jw *jw, const struct explanation *explanation);

/** One line a sentence, each ended by LF. */
void explain_put_text(const struct calendar *calendar, const struct explanation *explanation,
	enum lang lang, struct buf *buf);

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the school may edit about events, as read from policy/events.json:
 * classes and their mapping to those of 2023, the questions a grade is
 * proposed by, the authorities that are reported to, who is told, what is to
 * be done.
 *
 * Layer: workflow.  Threading: reentrant; a read pack is only read.
 * Fuzz target: fuzz/event_pack.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/event.h"
#include "model/scale.h"
#include "workflow/calendar.h"

struct arena;
struct diag;
struct json;

enum {
	EVENT_PACK_MAX = 256 * 1024, /* octets of its file */
	EVENT_PACK_LIST_MAX = 64,    /* items of one list */
	EVENT_PACK_ID_MAX = 40,      /* octets of an id */
	EVENT_AUTHORITIES_MAX = 16,
	EVENT_HITS_MAX = 64, /* as many as questions */
};

struct event_pack {
	const struct json *root;
	struct slice id;
	struct slice text;
};

/**
 * Read and check a pack.
 *
 * Shape:   an object with id, classes (the seven, each once), classes_2023,
 *          questions, authorities and tell; every id that is named exists.
 * Owns:    the result lives in the arena and borrows the text.
 * Returns: 0, E_LIMIT, or E_INPUT with diag saying what is wrong.
 */
NODISCARD int event_pack_parse(
	struct arena *arena, struct slice text, struct event_pack *ret_pack, struct diag *diag);

/** Is it a kind of the class? */
bool event_pack_kind(const struct event_pack *pack, enum event_class of, struct slice kind);
/** Is it a class, or a kind of one, of 2023? */
bool event_pack_new(const struct event_pack *pack, struct slice id);
/** What the mapping proposes of 2023 for a class and a kind of it; empty = nothing. */
struct slice event_pack_propose_new(
	const struct event_pack *pack, enum event_class of, struct slice kind);
/** Has the class such a line in its checklist? */
bool event_pack_tick(const struct event_pack *pack, enum event_class of, struct slice tick);

struct event_authority {
	struct slice id;
	struct slice name;
	bool by_grade; /* from this grade on */
	enum event_grade from_grade;
	bool on_crime;         /* whatever the grade */
	struct due_rule limit; /* from known_at */
	struct slice basis;
};

/** The authority at a place; false behind the last. */
bool event_pack_authority(
	const struct event_pack *pack, size_t at, struct event_authority *ret_authority);
/** Does an event of this grade have to be reported to it? */
bool event_authority_asks(
	const struct event_authority *authority, enum event_grade grade, bool crime);

/** A list of words in tell: roles, and "duty"; NULL = nobody. */
const struct json *event_pack_tell(const struct event_pack *pack, const char *when);

/* ---- grading */

struct event_hit {
	struct slice question;
	enum event_grade grade;
};

struct event_proposal {
	enum event_grade grade; /* the worst that was hit, else Ⅳ */
	size_t hit_count;
	struct event_hit hits[EVENT_HITS_MAX];
	size_t open; /* questions that apply and have no answer yet */
};

/**
 * What the answers come to.  A question counts only when the one it hangs on
 * is answered so.
 *
 * Shape:   answers is an object {"question": number | "option"}; what is
 *          not known yet is left out or null.
 * Returns: 0, or E_INPUT for an answer to no question or of another type, with diag->source = the question.
 */
NODISCARD int event_propose(const struct event_pack *pack, const struct json *answers,
	struct event_proposal *ret_proposal, struct diag *diag);

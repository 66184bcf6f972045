/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kinds of checks as schema/check_kinds.toml has them: the form of the
 * target, the usual port, and the parameters with their ranges.  The desk
 * holds what people write against it, probe reads what the desk sends by it.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "model/name.h"
#include "schema/check_kinds.h"

struct json;

enum { CHECK_PARAM_TEXT_MAX = 200 }; /* characters */

enum check_target {
	CHECK_TARGET_HOST,    /* address or name */
	CHECK_TARGET_PLACE,   /* HOST:PORT */
	CHECK_TARGET_SERVICE, /* HOST[:PORT] */
	CHECK_TARGET_SERVER,  /* ADDRESS[:PORT] */
	CHECK_TARGET_URL,
	CHECK_TARGET_OWN, /* an item of this machine */
};

enum check_param_type {
	CHECK_PARAM_INT,
	CHECK_PARAM_TEXT,
	CHECK_PARAM_NAME, /* one host name */
	CHECK_PARAM_FLAG,
	CHECK_PARAM_CHOICE,
	CHECK_PARAM_SECRET, /* sealed when written, never read back */
	CHECK_PARAM_KEPT,   /* the desk's own: people neither write nor read it */
};

struct check_param {
	const char *name;
	const char
		*option; /* on the command line; of a secret, the option that names its file */
	const char *zh;
	const char *en;
	enum check_param_type type;
	enum check_member member; /* NONE = a value of the kind's own */
	unsigned value;           /* its place among those */
	bool needed;
	int64_t min;
	int64_t max;
	const char *const *choices; /* ends with NULL */
	int64_t number;             /* when not given; of a choice its place */
	const char *text;
};

struct check_form {
	enum check_target target;
	uint16_t port;     /* 0 = the target must say */
	uint16_t tls_port; /* when tls is "tls"; 0 = as port */
	unsigned value_count;
	const struct check_param *params;
	size_t param_count;
};

extern const struct check_form check_forms[CHECK_KIND_COUNT];
/** The kinds of checks, as the store and the API name them. */
extern const struct name_table check_kind_names;
/** Their ids alone, ended by NULL. */
extern const char *const check_kind_ids[CHECK_KIND_COUNT + 1];

/** The parameter of this name, or NULL.  Static. */
const struct check_param *check_param_find(enum check_kind kind, struct slice name);

/** The place of a word among a parameter's choices, or -1. */
int check_param_choice(const struct check_param *param, struct slice word);

/**
 * Is this a value a person may give?  Texts are one line of at most
 * CHECK_PARAM_TEXT_MAX characters; of a secret only a text is.
 */
bool check_param_fits(const struct check_param *param, const struct json *value);

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules that come with the product or lie in the site's folder, read
 * before the fence: files, and of them the rules over figures with the
 * calendars they are judged by.
 *
 * Layer: role.  Threading: one owner.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"
#include "detect/metric_rule.h"
#include "detect/school_days.h"

struct arena;

enum { SHELF_RULES_MAX = 64, SHELF_TEXT_MAX = 64 * 1024, SHELF_NAME_MAX = 64 };

/** name is the file's, without its folder; text is borrowed. */
struct shelf_sink {
	void (*take)(void *context, const char *name, struct slice text);
	void (*unreadable)(void *context, const char *name, int error);
	void *context;
};

/** Every NAME.json of a folder below above (-1 = none), in no order. */
void shelf_files(int above, const char *folder, const struct shelf_sink *sink);

struct rule_shelf {
	struct arena *arena;
	struct metric_rule rules[SHELF_RULES_MAX];
	struct slice texts[SHELF_RULES_MAX]; /* their JSON */
	size_t count;
	size_t refused;
	struct school_days days;
};

/**
 * Rules over figures of rules/, the site's before ours by the same id;
 * policy/calendar/ and policy/terms.json.  Bad ones are logged, counted and
 * left out.
 *
 * Shape:   site and share are folders or -1.
 * Owns:    release with rule_shelf_fini.
 */
void rule_shelf_load(struct rule_shelf *shelf, int site, int share);
void rule_shelf_fini(struct rule_shelf *shelf);

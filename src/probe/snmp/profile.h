/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Device profiles: what is known of makes and models, and where in an agent's
 * objects their ports, sensors, processors, memory and neighbours are to be
 * found.  All of it is data (profiles/, the language is in profiles/README.md).
 *
 * Layer: probe.  Threading: loading has one owner, loaded profiles are read by many.
 * Fuzz target: fuzz/profile.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"
#include "proto/oid.h"

struct arena;
struct diag_list;
struct profiles;

enum {
	PROFILES_MAX = 512,              /* files */
	PROFILE_OCTETS_MAX = 256 * 1024, /* of one file */
	PROFILE_ITEMS_MAX = 1024,        /* of one list or mapping */
	PROFILE_REGEX_STEPS_MAX = 20000,
};

/** Owns:    the result; release with profiles_destroy. */
struct profiles *profiles_create(void);
/** NULL is fine.  Returns: NULL, to assign back. */
struct profiles *profiles_destroy(struct profiles *profiles);

/**
 * Take one file in, whole or not at all.  Files with `order` come first in
 * their order; names and maps of a file with `generic: true` are known to all.
 *
 * Shape:   text is YAML as profiles/README.md has it; name is how others include it.
 * Returns: 0, E_FORMAT when it is not YAML, E_INPUT when it breaks the language,
 *          or E_LIMIT; every mistake in diags with its line.
 */
NODISCARD int profiles_load(struct profiles *profiles, struct slice text, const char *name,
	struct diag_list *diags);

/**
 * After the last file: includes are resolved.
 *
 * Returns: 0, or E_ABSENT when a file includes one that is not there.
 */
NODISCARD int profiles_link(struct profiles *profiles, struct diag_list *diags);

/** May a device of this sysObjectID have its stations VLAN by VLAN only (`fdb: per_vlan`)? */
bool profiles_fdb_per_vlan(const struct profiles *profiles, struct oid object_id);

/**
 * What is worth asking an agent for: the columns and objects named by the
 * profiles that may be of it, by what they include and by the generic ones.
 *
 * Shape:   object_id is its sysObjectID; names are encoded, in order, none below another.
 * Owns:    *ret_names and what it points to live in the arena.
 * Returns: how many.
 */
size_t profiles_wants(const struct profiles *profiles, struct oid object_id,
	struct arena *arena, const struct slice **ret_names);

size_t profiles_count(const struct profiles *profiles);

/**
 * Load every profiles/NAME.yaml and those one folder deeper, the site's own
 * over ours where it has the same name, and link them.  The only part that reads files.
 *
 * Shape:   descriptors of folders that hold profiles, borrowed; -1 = there is none.
 * Returns: how many were loaded; bad ones are left out and named in diags.
 */
NODISCARD int profiles_read(
	int share_fd, int site_fd, struct profiles *profiles, struct diag_list *diags);

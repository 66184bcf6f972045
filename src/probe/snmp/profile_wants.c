/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "probe/snmp/profile.h"
#include "probe/snmp/profile_priv.h"
#include "proto/beroid.h"

/* Whose device it is: asked for by no rule, and by every match. */
static const struct oid system_group = { (const uint32_t[]) { 1, 3, 6, 1, 2, 1, 1 }, 7 };

enum { WANTS_MAX = 4096, NAME_OCTETS_MAX = 160 };

struct wanting {
	struct oid items[WANTS_MAX];
	size_t count;
};

/* Does the identifier speak for this profile, or at least not against it? */
static bool may_be_of(const struct profile *profile, struct oid object_id)
{
	for (size_t i = 0; i < profile->match_count; i++) {
		const struct match *match = &profile->matches[i];
		if (match->object_id_count == 0) {
			return true;
		}
		for (size_t k = 0; k < match->object_id_count; k++) {
			if (oid_starts(object_id, match->object_ids[k])) {
				return true;
			}
		}
	}
	return false;
}

bool profiles_fdb_per_vlan(const struct profiles *profiles, struct oid object_id)
{
	for (size_t i = 0; i < profiles->count; i++) {
		if (profiles->items[i]->fdb_per_vlan &&
			may_be_of(profiles->items[i], object_id)) {
			return true;
		}
	}
	return false;
}

static void take(struct wanting *wanting, const struct profile *profile)
{
	for (const struct want *want = profile != NULL ? profile->wants : NULL;
		want != NULL && wanting->count < WANTS_MAX; want = want->next) {
		wanting->items[wanting->count++] = want->oid;
	}
}

static int by_oid(const void *a, const void *b)
{
	return oid_cmp(*(const struct oid *)a, *(const struct oid *)b);
}

static bool encode(struct arena *arena, struct oid oid, struct slice *ret_name)
{
	AUTO_BUF struct buf octets;
	buf_init(&octets, NAME_OCTETS_MAX);
	bool fits = beroid_put(&octets, oid) == 0 && !octets.failed;
	*ret_name = fits ? arena_dup(arena, buf_slice(&octets)) : (struct slice) { 0 };
	return fits;
}

size_t profiles_wants(const struct profiles *profiles, struct oid object_id,
	struct arena *arena, const struct slice **ret_names)
{
	struct wanting *wanting = arena_take(arena, sizeof(*wanting));
	struct oid last = { 0 };
	size_t count = 0;
	wanting->items[wanting->count++] = system_group;
	for (size_t i = 0; i < profiles->count; i++) {
		const struct profile *profile = profiles->items[i];
		if (!profile->generic && !may_be_of(profile, object_id)) {
			continue;
		}
		take(wanting, profile);
		for (size_t k = 0; k < profile->include_count; k++) {
			take(wanting, profile->includes[k]);
		}
	}
	qsort(wanting->items, wanting->count, sizeof(wanting->items[0]), by_oid);
	struct slice *names = arena_take(arena, (wanting->count + 1) * sizeof(*names));
	for (size_t i = 0; i < wanting->count; i++) {
		if (last.n > 0 && oid_starts(wanting->items[i], last)) {
			continue;
		}
		last = wanting->items[i];
		count += encode(arena, last, &names[count]) ? 1 : 0;
	}
	*ret_names = names;
	return count;
}

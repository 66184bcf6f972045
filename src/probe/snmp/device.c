/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/device.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/num.h"
#include "probe/snmp/device_priv.h"

enum { SYS_OBJECT_ID_ENTERPRISE = 6 }; /* 1.3.6.1.4.1.N: where N stands */

static const uint32_t sys_object_id[] = { 1, 3, 6, 1, 2, 1, 1, 2, 0 };
static const uint32_t enterprises_oid[] = { 1, 3, 6, 1, 4, 1 };

static struct oid object_id_of(const struct mib_table *table)
{
	const struct oid at = { sys_object_id, sizeof(sys_object_id) / sizeof(uint32_t) };
	const struct mib_value *value = mib_table_get(table, at);
	return value != NULL && value->type == MIB_OID ? value->oid : (struct oid) { 0 };
}

/* How closely one way to match fits: parts of the identifier and conditions; 0 = not at all. */
static size_t fit_of(const struct eval *eval, const struct match *match, struct oid object_id)
{
	size_t best = match->object_id_count == 0 ? 1 : 0;
	for (size_t i = 0; i < match->object_id_count; i++) {
		size_t n = match->object_ids[i].n;
		best = oid_starts(object_id, match->object_ids[i]) && n > best ? n : best;
	}
	if (best == 0 || !eval_all(eval, &match->only)) {
		return 0;
	}
	return 4 * best + match->only.count;
}

static const struct profile *profile_of(const struct eval *eval)
{
	struct oid object_id = object_id_of(eval->table);
	const struct profile *found = NULL;
	size_t best = 0;
	for (size_t i = 0; i < eval->profiles->count; i++) {
		const struct profile *profile = eval->profiles->items[i];
		for (size_t k = 0; k < profile->match_count; k++) {
			size_t fit = fit_of(eval, &profile->matches[k], object_id);
			bool better =
				fit > 0 &&
				(found == NULL || profile->priority > found->priority ||
					(profile->priority == found->priority && fit > best));
			found = better ? profile : found;
			best = better ? fit : best;
		}
	}
	return found;
}

static struct slice vendor_of(const struct eval *eval)
{
	struct oid object_id = object_id_of(eval->table);
	const struct oid enterprises = { enterprises_oid, SYS_OBJECT_ID_ENTERPRISE };
	if (object_id.n <= enterprises.n || !oid_starts(object_id, enterprises)) {
		return (struct slice) { 0 };
	}
	for (size_t i = 0; i < eval->profiles->count; i++) {
		const struct words *words = &eval->profiles->items[i]->enterprises;
		for (size_t k = 0; k < words->count; k++) {
			uint64_t number = 0;
			if (num_u64(words->items[k].key, UINT32_MAX, &number) == 0 &&
				number == object_id.id[SYS_OBJECT_ID_ENTERPRISE]) {
				return words->items[k].word;
			}
		}
	}
	return (struct slice) { 0 };
}

static bool excluded(const struct profile *profile, struct slice name)
{
	for (size_t i = 0; profile != NULL && i < profile->exclude_count; i++) {
		if (slice_eq(profile->excludes[i], name)) {
			return true;
		}
	}
	return false;
}

/* The device's own profile, what it includes, and the generic ones it does not exclude. */
static size_t speakers_of(const struct profiles *profiles, const struct profile *own,
	struct arena *arena, const struct profile ***ret_speakers)
{
	size_t most = 1 + profiles->count + (own == NULL ? 0 : own->include_count);
	const struct profile **speakers = arena_take(arena, most * sizeof(*speakers));
	size_t count = 0;
	if (own != NULL) {
		speakers[count++] = own;
	}
	for (size_t i = 0; own != NULL && i < own->include_count; i++) {
		if (own->includes[i] != NULL) {
			speakers[count++] = own->includes[i];
		}
	}
	for (size_t i = 0; i < profiles->count; i++) {
		if (profiles->items[i]->generic && !excluded(own, profiles->items[i]->name)) {
			speakers[count++] = profiles->items[i];
		}
	}
	*ret_speakers = speakers;
	return count;
}

static void identity_take(struct finding *f, const struct rule *rule)
{
	const struct {
		enum field_name field;
		struct slice *to;
	} facts[] = {
		{ FIELD_VERSION, &f->device->version },
		{ FIELD_MODEL, &f->device->model },
		{ FIELD_SERIAL, &f->device->serial },
		{ FIELD_SYSNAME, &f->device->sysname },
		{ FIELD_FEATURES, &f->device->features },
		{ FIELD_VENDOR, &f->device->vendor },
	};
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (facts[i].to->n == 0 &&
			eval_field(&f->eval, &rule->field[facts[i].field], &f->buf)) {
			*facts[i].to = finding_keep(f, DEVICE_TEXT_MAX);
		}
	}
}

static void rule_apply(struct finding *f, const struct rule *rule)
{
	f->eval.index = (struct oid) { 0 };
	f->eval.value = NULL;
	if ((rule->fallback && f->list[rule->section].count > 0) ||
		!eval_all(&f->eval, &rule->when)) {
		return;
	}
	if (rule->section == SECTION_IDENTITY) {
		identity_take(f, rule);
		return;
	}
	bool any = false;
	for (size_t i = 0; i < rule->each_count && !any; i++) {
		any = rule_walk(f, rule, &rule->each[i]);
	}
}

static void own_words_take(struct finding *f, const struct profile *own)
{
	f->device->os = own != NULL ? own->os : SLICE("generic");
	f->device->profile = own != NULL ? own->name : (struct slice) { 0 };
	f->device->vendor = own != NULL ? own->vendor : (struct slice) { 0 };
}

void device_identify(const struct profiles *profiles, const struct mib_table *table,
	struct arena *arena, struct device *ret_device)
{
	struct finding f = { .arena = arena, .device = ret_device };
	const struct profile **speakers = NULL;
	size_t steps_left = DEVICE_STEPS_MAX;
	*ret_device = (struct device) { 0 };
	f.eval = (struct eval) {
		.profiles = profiles, .table = table, .steps_left = &steps_left
	};
	f.eval.found = pcre2_match_data_create(16, NULL);
	if (f.eval.found == NULL) {
		abort();
	}
	buf_init(&f.buf, 2 * EVAL_TEXT_MAX);
	const struct profile *own = profile_of(&f.eval);
	own_words_take(&f, own);
	size_t count = speakers_of(profiles, own, arena, &speakers);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < speakers[i]->rule_count; k++) {
			rule_apply(&f, &speakers[i]->rules[k]);
		}
	}
	if (ret_device->vendor.n == 0) {
		ret_device->vendor = vendor_of(&f.eval);
	}
	ret_device->cut_short = steps_left == 0;
	finding_end(&f);
	buf_fini(&f.buf);
	pcre2_match_data_free(f.eval.found);
}

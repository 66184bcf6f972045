/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/selfcheck_template.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "workflow/policy.h"

_Static_assert((int)SELFCHECK_ITEMS_MAX == SELFCHECK_FIXED + (int)POLICY_QUESTIONS_MAX,
	"room for all questions");

struct reading {
	size_t count;
	struct policy_question questions[POLICY_QUESTIONS_MAX];
	struct diag_list *errors;
	size_t mistakes;
};

static void mistake(struct reading *r, struct slice id, const char *text)
{
	struct diag diag = { 0 };
	(void)snprintf(diag.source, sizeof(diag.source), "selfcheck_items.%.*s",
		SLICE_FMT(slice_head(id, 60)));
	(void)snprintf(diag.text, sizeof(diag.text), "%s", text);
	diag_list_add(r->errors, &diag);
	r->mistakes++;
}

static bool id_fits(struct slice id)
{
	bool fits = id.n > 0 && id.n < POLICY_QUESTION_ID_MAX;
	for (size_t i = 0; i < id.n && fits; i++) {
		uint8_t c = id.p[i];
		fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	}
	return fits;
}

static bool seen(const struct reading *r, struct slice id)
{
	bool is = selfcheck_question_find(id) >= 0;
	for (size_t i = 0; i < r->count; i++) {
		is = is || slice_is(id, r->questions[i].id);
	}
	return is;
}

/* Cut nowhere: what is too long is a mistake.  A control character would be shown to everybody. */
static void text_take(struct reading *r, const struct json *item, struct slice id,
	const char *member, char *room, size_t size)
{
	struct slice text = json_get_str(item, member);
	bool plain = text.n < size;
	for (size_t i = 0; i < text.n && plain; i++) {
		plain = text.p[i] >= ' ' && text.p[i] != 0x7f;
	}
	if (!plain) {
		mistake(r, id, "a text is too long, or has control characters");
		return;
	}
	(void)snprintf(room, size, "%.*s", SLICE_FMT(text));
}

static void item_take(struct reading *r, const struct json *item)
{
	struct slice id = json_get_str(item, "id");
	if (!id_fits(id)) {
		mistake(r, id, "an id has small letters, digits and _ only");
		return;
	}
	if (seen(r, id)) {
		mistake(r, id, "is there already");
		return;
	}
	if (r->count == POLICY_QUESTIONS_MAX) {
		mistake(r, id, "is one question too many");
		return;
	}
	struct policy_question *extra = &r->questions[r->count++];
	(void)snprintf(extra->id, sizeof(extra->id), "%.*s", SLICE_FMT(id));
	text_take(r, item, id, "text", extra->text, sizeof(extra->text));
	text_take(r, item, id, "text_en", extra->text_en, sizeof(extra->text_en));
	text_take(r, item, id, "value", extra->value, sizeof(extra->value));
	text_take(r, item, id, "value_en", extra->value_en, sizeof(extra->value_en));
	if (json_get_str(item, "text").n == 0) {
		mistake(r, id, "asks nothing");
	}
}

size_t selfcheck_template_parse(
	const struct json *list, struct policy_selfcheck *policy, struct diag_list *errors)
{
	struct reading r = { .errors = errors };
	if (json_type(list) != JSON_ARRAY) {
		mistake(&r, (struct slice) { 0 }, "is no list");
		return r.mistakes;
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		item_take(&r, item);
	}
	if (r.mistakes == 0) {
		policy->question_count = r.count;
		memcpy(policy->questions, r.questions, sizeof(policy->questions));
	}
	return r.mistakes;
}

size_t selfcheck_template_questions(const struct policy_selfcheck *policy,
	enum selfcheck_kind kind, struct selfcheck_question ret_questions[SELFCHECK_ITEMS_MAX])
{
	bool whole = kind == SELFCHECK_WEEK || kind == SELFCHECK_DAY;
	size_t count = whole ? SELFCHECK_FIXED : 1;
	memcpy(ret_questions, selfcheck_questions, count * sizeof(ret_questions[0]));
	for (size_t i = 0; whole && i < policy->question_count; i++) {
		const struct policy_question *extra = &policy->questions[i];
		ret_questions[count++] = (struct selfcheck_question) { .id = extra->id,
			.text = extra->text,
			.text_en = extra->text_en[0] != '\0' ? extra->text_en : extra->text,
			.value = extra->value[0] != '\0' ? extra->value : NULL,
			.value_en = extra->value_en[0] != '\0' ? extra->value_en
				    : extra->value[0] != '\0'  ? extra->value
							       : NULL,
			.finding_kind = "other" };
	}
	return count;
}

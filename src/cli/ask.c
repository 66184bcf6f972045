/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "records/sql.h"

bool ask_read(int argc, char **argv, struct ask *ret_ask)
{
	static const struct option known[] = { { "config", required_argument, NULL, 'c' },
		{ "data", required_argument, NULL, 'd' },
		{ "db", required_argument, NULL, 'b' },
		{ "lang", required_argument, NULL, 'l' }, { "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 } };
	struct ask ask = { .lang = LANG_ZH };
	for (int c = 0; (c = getopt_long(argc, argv, "c:", known, NULL)) != -1;) {
		if (c == 'c') {
			ask.words.file = optarg;
		} else if (c == 'd') {
			ask.words.data = optarg;
		} else if (c == 'b') {
			ask.words.db = optarg;
		} else if (c == 'j') {
			ask.json = true;
		} else if (c == 'l' &&
			   (strcmp(optarg, "zh") == 0 || strcmp(optarg, "en") == 0)) {
			ask.lang = optarg[0] == 'e' ? LANG_EN : LANG_ZH;
		} else {
			return false;
		}
	}
	if (optind + 1 < argc || (optind < argc && argv[optind][0] == '\0')) {
		return false;
	}
	ask.word = optind < argc ? argv[optind] : NULL;
	*ret_ask = ask;
	return true;
}

int ask_complain(const char *verb, int error, const struct diag *diag, const char *where)
{
	(void)fprintf(
		stderr, "fengsui: %s: %s: %s (%s)\n", verb, err_text(error), diag->text, where);
	switch (error) {
	case E_EXISTS:
	case E_DIGEST:
	case E_SHORT:
	case E_FORMAT:
	case E_VERSION:
		return 1;
	default:
		return 3;
	}
}

static int notice_by_number(struct db *db, struct slice word, int64_t *ret_id)
{
	return sql_int(db, "SELECT id FROM notice WHERE number = $1", ret_id, SQL_TEXT(word));
}

int ask_record_find(struct db *db, struct slice word, struct ask_record *ret_record)
{
	static const struct {
		const char *kind;
		const char *sql;
	} tables[] = {
		{ "notice", "SELECT id FROM notice WHERE id = $1" },
		{ "finding", "SELECT id FROM finding WHERE id = $1" },
		{ "incident", "SELECT id FROM incident WHERE id = $1" },
		{ "alert", "SELECT id FROM alert WHERE id = $1" },
		{ "delivery", "SELECT id FROM delivery WHERE id = $1" },
		{ "check", "SELECT id FROM watch WHERE id = $1" },
		{ "asset", "SELECT id FROM asset WHERE id = $1" },
	};
	int64_t id = 0;
	int64_t found_id = 0;
	if (num_i64(word, 1, INT64_MAX, &id) < 0) {
		int found = notice_by_number(db, word, &id);
		if (found == 1) {
			*ret_record = (struct ask_record) { "notice", id };
		}
		return found;
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		int found = sql_int(db, tables[i].sql, &found_id, SQL_INT(id));
		if (found == 1) {
			*ret_record = (struct ask_record) { tables[i].kind, id };
		}
		if (found != 0) {
			return found;
		}
	}
	return 0;
}

struct slice ask_time(struct arena *arena, int64_t at_unix_ms)
{
	struct civil at = civil_of_ms(at_unix_ms, CIVIL_CHINA_OFFSET_MIN);
	return arena_printf(arena, "%04d-%02u-%02u %02u:%02u:%02u.%03d", (int)at.year, at.month,
		at.day, at.hour, at.minute, at.second, (int)(at_unix_ms % 1000));
}

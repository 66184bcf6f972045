/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/notice_rounds.h"
#include "desk/words.h"
#include "records/caller.h"
#include "records/sql.h"
#include "records/trail.h"

enum { UPLOADS_A_ROUND_MAX = 20 };

static bool takes_scans(enum notice_state state)
{
	return state == NOTICE_RECTIFYING || state == NOTICE_FAILED || state == NOTICE_RETURNED;
}

/* What the content is, not what its name says. */
static bool media_known(struct slice media)
{
	return slice_is(media, "application/pdf") || slice_is(media, "image/jpeg") ||
	       slice_is(media, "image/png");
}

/* Some schools forbid photos of sealed papers: from a unit only what a scanner made. */
static int photo_check(struct desk *desk, const struct matter *m)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	if (slice_is(desk->call->upload_media, "application/pdf") || !m->facts.actor_in_unit) {
		return 0;
	}
	int error = setting_load(desk->db, desk->arena, "sealed", &text);
	bool forbidden = error == 0 && text.n > 0 &&
			 json_parse(desk->arena, text, 0, &value, NULL) == 0 &&
			 !json_get_bool(value, "photos", true);
	return error < 0   ? error
	       : forbidden ? desk_refuse(desk, E_INPUT, "upload.photo", NULL)
			   : 0;
}

static int admit(struct desk *desk, const struct matter *m)
{
	int64_t count = 0;
	if (!takes_scans(m->row.state)) {
		return desk_refuse(desk, E_STATE, "notice.no_such_step", NULL);
	}
	if (!media_known(desk->call->upload_media)) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	int error = photo_check(desk, m);
	if (error < 0) {
		return error;
	}
	int row = sql_int(desk->db,
		"SELECT count(*) FROM attachment WHERE about = 'notice' AND about_id = $1"
		" AND round = $2",
		&count, SQL_INT(m->row.id), SQL_INT(m->row.round));
	if (row < 0) {
		return row;
	}
	return count < UPLOADS_A_ROUND_MAX
		       ? words_file_name(desk, desk->call->upload_name)
		       : desk_refuse(desk, E_LIMIT, "upload.too_many", NULL);
}

static struct slice args_of(struct desk *desk, bool proxy)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "name", desk->call->upload_name);
	jw_kv_bool(&jw, "proxy", proxy);
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

int desk_notice_upload(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : admit(desk, &m);
	if (error < 0) {
		return error;
	}
	/* Paper that came by hand, scanned by the operator in the unit's stead. */
	bool proxy = !m.facts.actor_in_unit;
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO attachment (id, version, about, about_id, round, kind, name,"
		" media, blob_id, by_id, by_proxy, at_ms) VALUES ($1, 1, 'notice', $2, $3,"
		" 'scan', $4, $5, $6, $7, $8, $9)",
		SQL_INT(id), SQL_INT(m.row.id), SQL_INT(m.row.round),
		SQL_TEXT(desk->call->upload_name), SQL_TEXT(desk->call->upload_media),
		SQL_INT(desk->call->upload_blob), SQL_INT(m.actor_id), SQL_INT(proxy),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "attachment", id);
	error = error < 0 ? error : txn_change(desk->txn, "notice", m.row.id, m.row.version);
	error = error < 0 ? error
			  : words_timeline(
				    desk, "notice", m.row.id, "uploaded", args_of(desk, proxy));
	desk_audit(desk, "notice.upload", "attachment", id, 1, desk->call->upload_name);
	desk_answer(desk, id, 1);
	return error;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/asset_row.h"
#include "desk/check_row.h"
#include "desk/checks.h"
#include "desk/desk.h"
#include "desk/maintenance.h"
#include "model/asset_key.h"
#include "model/target.h"
#include "records/sql.h"

enum {
	LINES_MAX = 200,
	LINE_MAX_OCTETS = 1200,
	REPORT_MAX_OCTETS = 56 * 1024,
	HTTPS_PORT = 443
};

struct paste {
	struct desk *desk;
	bool dry_run;
	int64_t rows;
	int64_t added;
	int64_t same;
	int64_t refused;
	struct check_row *made; /* so that a line said twice makes one */
	size_t made_count;
	struct asset_keys *keys;
	struct buf errors;
	struct buf preview;
	struct jw errors_jw;
	struct jw preview_jw;
};

/* One line, read. */
struct wanted {
	int64_t row;
	struct slice text;
	struct slice label;
	struct slice place; /* target as written */
	enum check_kind kind;
	struct target target;
	int64_t asset_id; /* 0 = new, and not stored in a dry run */
	struct slice asset_name;
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The word at the end, or at the beginning, and what is left. */
static struct slice last_word(struct slice text, struct slice *ret_rest)
{
	size_t at = text.n;
	while (at > 0 && !blank(text.p[at - 1])) {
		at--;
	}
	*ret_rest = slice_trim(slice_head(text, at));
	return slice_skip(text, at);
}

static struct slice first_word(struct slice text, struct slice *ret_rest)
{
	size_t at = 0;
	while (at < text.n && !blank(text.p[at])) {
		at++;
	}
	*ret_rest = slice_trim(slice_skip(text, at));
	return slice_head(text, at);
}

/* A URL, then HOST:PORT, then an address or a name with a dot: "hello" is a word and no host. */
static bool place_read(struct wanted *w, struct slice word)
{
	static const enum check_kind kinds[] = { CHECK_HTTP, CHECK_TCP, CHECK_ICMP };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (target_parse(kinds[i], word, &w->target) < 0) {
			continue;
		}
		w->kind = kinds[i];
		w->place = word;
		return w->target.is_address ||
		       slice_find(w->target.host, SLICE(".")) != SIZE_MAX;
	}
	return false;
}

static bool line_read(struct wanted *w)
{
	struct slice rest = { 0 };
	struct slice first = first_word(w->text, &rest);
	if (slice_eq_nocase(first, SLICE("dns")) &&
		target_parse(CHECK_DNS, rest, &w->target) == 0) {
		w->kind = CHECK_DNS;
		w->place = rest;
		w->label = w->text;
		return true;
	}
	struct slice last = last_word(w->text, &w->label);
	if (place_read(w, last)) {
		return true;
	}
	w->label = rest;
	return rest.n > 0 && place_read(w, first);
}

/* ---- the asset */

static int asset_by_key(struct paste *p, struct wanted *w)
{
	struct slice bad = { 0 };
	p->keys->count = 0;
	if (asset_keys_domains(p->keys, w->target.host, &bad) < 0 || p->keys->count != 1) {
		return 0;
	}
	const struct asset_key *key = &p->keys->item[0];
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(p->desk->db,
		"SELECT a.id, a.name FROM asset_key k JOIN asset a ON a.id = k.asset_id"
		" WHERE k.kind = $1 AND k.key = $2 AND k.prefix = $3"
		" AND a.retired_at_ms IS NULL ORDER BY a.id LIMIT 1",
		&q, SQL_STR(key->is_domain ? "domain" : "net"), SQL_STR(key->text),
		SQL_INT(key->network.prefix));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		w->asset_id = db_col_int64(q, 0);
		w->asset_name = arena_dup(p->desk->arena, db_col_text(q, 1));
	}
	return row;
}

static int asset_find(struct paste *p, struct wanted *w)
{
	struct asset_row row = { 0 };
	int found = asset_by_key(p, w);
	if (found != 0) {
		return found;
	}
	w->asset_name = w->label.n > 0 ? w->label : w->target.host;
	found = asset_row_find(p->desk, w->asset_name, &row);
	w->asset_id = found == 1 ? row.id : 0;
	return found;
}

static int asset_make(struct paste *p, struct wanted *w)
{
	struct asset_row row = {
		.name = w->asset_name,
		.kind = w->kind == CHECK_HTTP ? SLICE("site") : SLICE("server"),
		.importance = SLICE("normal"),
		.exposure = SLICE("campus"),
	};
	*(w->target.is_address ? &row.address : &row.domain) = w->target.host;
	int error = asset_row_save(p->desk, &row, p->keys);
	w->asset_id = row.id;
	return error < 0 ? error : txn_change(p->desk->txn, "asset", row.id, row.version);
}

/* ---- its checks */

static bool made_before(const struct paste *p, const struct check_row *row)
{
	for (size_t i = 0; i < p->made_count; i++) {
		if (slice_eq(p->made[i].kind, row->kind) &&
			slice_eq(p->made[i].target, row->target)) {
			return true;
		}
	}
	return false;
}

static void preview_put(
	struct paste *p, const struct wanted *w, const struct check_row *row, bool is_new)
{
	if (p->preview.n > REPORT_MAX_OCTETS / 2) {
		return;
	}
	struct jw *jw = &p->preview_jw;
	jw_object(jw);
	jw_kv_int(jw, "row", w->row);
	jw_kv_str(jw, "name", row->name);
	jw_kv_str(jw, "kind", row->kind);
	jw_kv_str(jw, "target", row->target);
	jw_kv_str(jw, "asset", w->asset_name);
	jw_kv_bool(jw, "new", is_new);
	jw_end(jw);
}

static int check_add(struct paste *p, const struct wanted *w, struct check_row *row)
{
	int64_t id = 0;
	row->asset_id = w->asset_id;
	row->severity = SLICE("major");
	int found = made_before(p, row)
			    ? 1
			    : sql_int(p->desk->db,
				      "SELECT id FROM watch WHERE kind = $1 AND target = $2 "
				      "ORDER BY id LIMIT 1",
				      &id, SQL_TEXT(row->kind), SQL_TEXT(row->target));
	if (found < 0) {
		return found;
	}
	preview_put(p, w, row, found == 0);
	p->same += found;
	p->added += found == 0;
	if (found == 1) {
		return 0;
	}
	int error = p->dry_run ? 0 : check_row_save(p->desk, row);
	p->made[p->made_count++] = *row;
	return error;
}

/* "10.1.2.3" and "jw.example.edu.cn" with a port beside: [v6]:443. */
static struct slice with_port(struct desk *desk, const struct target *target)
{
	unsigned port = target->port != 0 ? target->port : HTTPS_PORT;
	bool six = slice_find(target->host, SLICE(":")) != SIZE_MAX;
	return arena_printf(
		desk->arena, six ? "[%.*s]:%u" : "%.*s:%u", SLICE_FMT(target->host), port);
}

static int checks_add(struct paste *p, const struct wanted *w)
{
	struct arena *arena = p->desk->arena;
	struct check_row row = check_row_default();
	row.kind = slice_str(name_id(&check_kind_names, w->kind));
	row.target = w->place;
	row.name = w->label.n > 0 ? w->label : w->kind == CHECK_TCP ? w->place : w->asset_name;
	if (w->kind == CHECK_HTTP) {
		row.params = SLICE("{\"compare\":true}");
	}
	if (w->kind == CHECK_DNS) {
		row.params = SLICE("{\"name\":\"localhost\",\"alive\":true}");
	}
	int error = check_add(p, w, &row);
	if (error < 0 || w->kind != CHECK_HTTP || !w->target.is_https) {
		return error;
	}
	struct check_row tls = check_row_default();
	tls.kind = SLICE("tls");
	tls.target = with_port(p->desk, &w->target);
	tls.name = arena_printf(arena, "%.*s 证书", SLICE_FMT(row.name));
	return check_add(p, w, &tls);
}

static void line_refuse(struct paste *p, const struct wanted *w)
{
	p->refused++;
	if (p->errors.n > REPORT_MAX_OCTETS / 2) {
		return;
	}
	jw_object(&p->errors_jw);
	jw_kv_int(&p->errors_jw, "row", w->row);
	jw_kv_str(&p->errors_jw, "column", SLICE("target"));
	jw_kv_str(&p->errors_jw, "code", SLICE("bad_target"));
	jw_kv_str(&p->errors_jw, "value",
		slice_head(w->text, 100)); /* the writer mends a cut character */
	jw_end(&p->errors_jw);
}

static int line_take(struct paste *p, struct wanted *w)
{
	p->rows++;
	if (w->text.n > LINE_MAX_OCTETS || !line_read(w) || w->label.n > CHECK_NAME_MAX ||
		w->target.host.n > ASSET_NAME_MAX) {
		line_refuse(p, w);
		return 0;
	}
	int error = asset_find(p, w);
	if (error == 0 && w->asset_id == 0 && !p->dry_run) {
		error = asset_make(p, w);
	}
	return error < 0 ? error : checks_add(p, w);
}

static int lines_take(struct paste *p, struct slice text)
{
	int error = 0;
	for (int64_t row = 1; error >= 0 && text.n > 0; row++) {
		struct wanted w = { .row = row };
		(void)slice_cut(text, '\n', &w.text, &text);
		w.text = slice_trim(w.text);
		if (w.text.n == 0) {
			continue;
		}
		if (p->rows == LINES_MAX) {
			return desk_refuse(p->desk, E_LIMIT, "check.too_many_lines", "text");
		}
		error = line_take(p, &w);
	}
	return error;
}

static struct slice report_of(struct paste *p)
{
	AUTO_BUF struct buf report;
	buf_init(&report, REPORT_MAX_OCTETS + 4096);
	struct jw jw;
	jw_end(&p->errors_jw);
	jw_end(&p->preview_jw);
	jw_init(&jw, &report);
	jw_object(&jw);
	jw_kv_bool(&jw, "dry_run", p->dry_run);
	jw_kv_int(&jw, "rows", p->rows);
	jw_kv_int(&jw, "added", p->added);
	jw_kv_int(&jw, "changed", 0);
	jw_kv_int(&jw, "same", p->same);
	jw_kv_int(&jw, "refused", p->refused);
	jw_key(&jw, "errors");
	jw_raw(&jw, buf_slice(&p->errors));
	jw_key(&jw, "preview");
	jw_raw(&jw, buf_slice(&p->preview));
	jw_end(&jw);
	return arena_dup(p->desk->arena, buf_slice(&report));
}

int desk_check_paste(struct desk *desk)
{
	struct paste p = { .desk = desk,
		.dry_run = json_get_bool(desk->call->body, "dry_run", false) };
	struct slice text = json_get_str(desk->call->body, "text");
	if (slice_trim(text).n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "text");
	}
	p.made = arena_take(desk->arena, (2 * LINES_MAX + 1) * sizeof(*p.made));
	p.keys = arena_take(desk->arena, sizeof(*p.keys));
	buf_init(&p.errors, REPORT_MAX_OCTETS);
	buf_init(&p.preview, REPORT_MAX_OCTETS);
	jw_init(&p.errors_jw, &p.errors);
	jw_init(&p.preview_jw, &p.preview);
	jw_array(&p.errors_jw);
	jw_array(&p.preview_jw);
	int error = lines_take(&p, text);
	if (error >= 0) {
		desk->answer_report = report_of(&p);
		if (!p.dry_run && p.added > 0) {
			desk_audit(desk, "check.paste", "check", 0, 0, (struct slice) { 0 });
			error = maintenance_refresh(desk->txn, desk->env);
		}
	}
	buf_fini(&p.errors);
	buf_fini(&p.preview);
	return error;
}

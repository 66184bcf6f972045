/* SPDX-License-Identifier: Apache-2.0 */
/* 路由试算: for this asset, address or name, who gets what and why. */
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "model/asset_key.h"
#include "model/finding.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/regulations.h"
#include "view/view.h"
#include "workflow/routing.h"

enum { PEOPLE_MAX = 20 };

/* Which asset it is, and by what it was found. */
struct hit {
	int64_t asset_id; /* 0 = none */
	const char *why;  /* "asset", "address", "network", "domain", "suffix", "none" */
	struct slice by;  /* the network or the domain that matched */
};

struct trial {
	struct view *view;
	uint8_t routes[ROUTING_KINDS_MAX];
	struct hit hit;
	struct slice asset;
	struct routing_units units;
	struct slice unit_names[OWNER_COUNT];
};

/* The lengths there are, longest first; each look is an index hit. */
static int by_network(struct trial *t, const struct network *address)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(t->view->db,
		"SELECT a.id FROM asset_key k JOIN asset a ON a.id = k.asset_id"
		" WHERE a.retired_at_ms IS NULL AND k.kind = 'net' AND k.key = $1"
		" AND k.prefix = $2 ORDER BY a.id LIMIT 1",
		&q);
	for (int prefix = address->prefix; prefix >= 0 && found == 0; prefix--) {
		struct network cut = network_cut(address, (uint8_t)prefix);
		char hex[33];
		char text[NETWORK_TEXT_MAX];
		network_hex(&cut, hex);
		db_bind_text(q, 1, slice_str(hex));
		db_bind_int64(q, 2, prefix);
		found = db_step(q);
		if (found == 1) {
			network_text(&cut, text);
			t->hit = (struct hit) { db_col_int64(q, 0),
				prefix == address->prefix ? "address" : "network",
				arena_dup(t->view->arena, slice_str(text)) };
		}
	}
	return found;
}

static int by_domain(struct trial *t, struct slice name)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(t->view->db,
		"SELECT a.id FROM asset_key k JOIN asset a ON a.id = k.asset_id"
		" WHERE a.retired_at_ms IS NULL AND k.kind = 'domain' AND k.key = $1"
		" ORDER BY a.id LIMIT 1",
		&q);
	for (struct slice left = name; left.n > 0 && found == 0;) {
		struct slice label = { 0 };
		db_bind_text(q, 1, left);
		found = db_step(q);
		if (found == 1) {
			t->hit = (struct hit) { db_col_int64(q, 0),
				left.n == name.n ? "domain" : "suffix",
				arena_dup(t->view->arena, left) };
		}
		(void)slice_cut(left, '.', &label, &left);
	}
	return found;
}

static int by_name(struct trial *t, struct slice name)
{
	int64_t id = 0;
	int found = sql_int(t->view->db,
		"SELECT id FROM asset WHERE retired_at_ms IS NULL AND name = $1", &id,
		SQL_TEXT(name));
	if (found == 1) {
		t->hit = (struct hit) { id, "asset", name };
	}
	return found;
}

/* Whatever is pasted: the name of an asset, an address, a name or a URL. */
static int hit_find(struct trial *t)
{
	struct view *view = t->view;
	struct slice key = slice_trim(view_param(view, "q"));
	struct asset_keys *keys = arena_take(view->arena, sizeof(*keys));
	struct slice bad = { 0 };
	t->hit = (struct hit) { .why = "none" };
	if (key.n == 0) {
		return view_refuse(view, E_INPUT, "input.required", "q");
	}
	int found = by_name(t, key);
	if (found != 0) {
		return found < 0 ? found : 0;
	}
	if (asset_keys_domains(keys, key, &bad) < 0 || keys->count != 1) {
		return 0;
	}
	found = keys->item[0].is_domain ? by_domain(t, slice_str(keys->item[0].text))
					: by_network(t, &keys->item[0].network);
	return found < 0 ? found : 0;
}

static int asset_load(struct trial *t)
{
	AUTO_STMT struct stmt *q = NULL;
	if (t->hit.asset_id == 0) {
		return 0;
	}
	int row = sql_query(t->view->db,
		"SELECT a.name, a.owner_unit_id, o.name, a.operate_unit_id, p.name,"
		" a.use_unit_id, s.name FROM asset a LEFT JOIN unit o ON o.id = a.owner_unit_id"
		" LEFT JOIN unit p ON p.id = a.operate_unit_id"
		" LEFT JOIN unit s ON s.id = a.use_unit_id WHERE a.id = $1",
		&q, SQL_INT(t->hit.asset_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		t->asset = arena_dup(t->view->arena, db_col_text(q, 0));
		for (unsigned i = 0; i < OWNER_COUNT; i++) {
			t->units.unit_id[i] = db_col_int64(q, 1 + 2 * i);
			t->unit_names[i] = arena_dup(t->view->arena, db_col_text(q, 2 + 2 * i));
		}
	}
	return row < 0 ? row : 0;
}

static int routing_load(struct trial *t)
{
	AUTO_STMT struct stmt *q = NULL;
	struct diag_list mistakes;
	int row = sql_query(t->view->db,
		"SELECT text FROM policy_version WHERE subject = $1 ORDER BY edition DESC"
		" LIMIT 1",
		&q, SQL_STR("policy"));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	const struct json *root = NULL;
	if (json_parse(t->view->arena, db_col_text(q, 0), 0, &root, NULL) < 0) {
		return E_STORE;
	}
	const struct json *list = json_get(root, "routing");
	if (json_type(list) == JSON_ABSENT) {
		return 0;
	}
	diag_list_init(&mistakes);
	size_t count = routing_parse(list, t->routes, &mistakes);
	diag_list_fini(&mistakes);
	return count > 0 ? E_STORE : 0;
}

static int people_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "name", db_col_text(q, 0));
	jw_kv_str(&view->jw, "role", db_col_text(q, 1));
	jw_kv_bool(&view->jw, "mail", db_col_int64(q, 2) != 0);
	jw_end(&view->jw);
	return 0;
}

static int unit_put(struct trial *t, enum owner as)
{
	struct view *view = t->view;
	AUTO_STMT struct stmt *q = NULL;
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "as", slice_str(name_id(&owner_names, as)));
	page_ref(view, "unit", t->units.unit_id[as], t->unit_names[as]);
	int opened = sql_query(view->db,
		"SELECT p.name, g.role, CASE WHEN p.mail IS NULL THEN 0 ELSE 1 END"
		" FROM role_grant g JOIN person p ON p.id = g.person_id WHERE g.unit_id = $1"
		" AND g.valid_to_ms IS NULL AND g.role IN ('specialist', 'officer', 'unit_head')"
		" ORDER BY g.id LIMIT $2",
		&q, SQL_INT(t->units.unit_id[as]), SQL_INT(PEOPLE_MAX));
	int error = page_list(view, "people", opened, q, people_put);
	jw_end(&view->jw);
	return error;
}

static void kind_put(struct trial *t, unsigned kind)
{
	struct jw *jw = &t->view->jw;
	struct routing_answer answer;
	const char *id = name_id(&finding_kind_names, kind);
	routing_ask(t->routes, slice_str(id), &t->units, &answer);
	jw_object(jw);
	jw_kv_str(jw, "kind", slice_str(id));
	jw_kv_str(jw, "wanted", slice_str(name_id(&owner_names, answer.wanted)));
	jw_kv_str(jw, "as",
		answer.unit_id != 0 ? slice_str(name_id(&owner_names, answer.as))
				    : (struct slice) { 0 });
	page_ref(t->view, "unit", answer.unit_id,
		answer.unit_id != 0 ? t->unit_names[answer.as] : (struct slice) { 0 });
	jw_key(jw, "copies");
	jw_array(jw);
	for (size_t i = 0; i < answer.copies; i++) {
		jw_object(jw);
		jw_kv_str(jw, "as", slice_str(name_id(&owner_names, answer.copy_as[i])));
		page_ref(t->view, "unit", answer.copy_unit_id[i],
			t->unit_names[answer.copy_as[i]]);
		jw_end(jw);
	}
	jw_end(jw);
	jw_end(jw);
}

int view_routing_try(struct view *view)
{
	struct trial *t = arena_take(view->arena, sizeof(*t));
	*t = (struct trial) { .view = view };
	int error = hit_find(t);
	error = error < 0 ? error : asset_load(t);
	error = error < 0 ? error : routing_load(t);
	if (error < 0) {
		return error;
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "why", slice_str(t->hit.why));
	jw_kv_opt(jw, "by", t->hit.by);
	page_ref(view, "asset", t->hit.asset_id, t->asset);
	jw_key(jw, "units");
	jw_array(jw);
	for (unsigned i = 0; i < OWNER_COUNT && error == 0; i++) {
		error = unit_put(t, (enum owner)i);
	}
	jw_end(jw);
	jw_key(jw, "kinds");
	jw_array(jw);
	for (unsigned i = 0; i < finding_kind_names.count && t->hit.asset_id != 0; i++) {
		kind_put(t, i);
	}
	jw_end(jw);
	jw_end(jw);
	return error;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event stream: what changed, to those who may see it.  web passes on only
 * what is sent here; who may see what is decided here, record by record.
 */
#include <stdlib.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "records/caller.h"
#include "records/db.h"
#include "records/sql.h"
#include "role/query/query.h"
#include "role/store.h"
#include "sys/clock.h"

enum { LISTENERS_MAX = 1024, CHANGES_PER_TURN = 2000, RECHECK_MS = 10000, TOPIC_MAX = 32 };

/* A change is shown to whoever may list such records; table and column say whose a record is. */
static const struct {
	const char *topic;
	enum route_id route;
	const char *unit_sql; /* NULL = only to those who see all */
} topics[] = {
	{ "alert", ROUTE_ALERTS_LIST, NULL },
	{ "asset", ROUTE_ASSETS_LIST, "SELECT owner_unit_id FROM asset WHERE id = $1" },
	{ "audit", ROUTE_AUDIT_STATE, NULL },
	{ "check", ROUTE_CHECKS_LIST,
		"SELECT a.owner_unit_id FROM watch w JOIN asset a ON a.id = w.asset_id"
		" WHERE w.id = $1" },
	{ "circuit", ROUTE_CIRCUITS_LIST, "SELECT unit_id FROM circuit WHERE id = $1" },
	{ "clause", ROUTE_CLAUSES_LIST, "SELECT unit_id FROM clause_note WHERE id = $1" },
	{ "delivery", ROUTE_DELIVERIES_LIST, NULL },
	{ "delegation", ROUTE_DELEGATIONS_LIST,
		"SELECT unit_id FROM delegation WHERE id = $1" },
	{ "discovered", ROUTE_DISCOVERED_LIST, "SELECT unit_id FROM discovered WHERE id = $1" },
	{ "document", ROUTE_NOTICES_LIST, NULL },
	{ "doubt", ROUTE_DOUBTS_LIST, "SELECT unit_id FROM suspicion WHERE id = $1" },
	{ "event", ROUTE_EVENTS_LIST, "SELECT unit_id FROM event WHERE id = $1" },
	{ "filing", ROUTE_FILINGS_LIST, "SELECT unit_id FROM filing WHERE id = $1" },
	{ "finding", ROUTE_FINDINGS_LIST, "SELECT unit_id FROM finding WHERE id = $1" },
	{ "freeze", ROUTE_FREEZES_LIST, NULL },
	{ "incident", ROUTE_INCIDENTS_LIST, NULL },
	{ "knowledge", ROUTE_KNOWLEDGE_LIST, NULL },
	{ "incoming", ROUTE_INCOMING_LIST, NULL },
	{ "maintenance", ROUTE_MAINTENANCE_LIST, NULL },
	/* A unit hears of a notice when it is issued, not that one is being written. */
	{ "notice", ROUTE_NOTICES_LIST,
		"SELECT unit_id FROM notice WHERE id = $1 AND state NOT IN ('draft', 'review')" },
	{ "person", ROUTE_PEOPLE_LIST, "SELECT unit_id FROM person WHERE id = $1" },
	{ "regulation", ROUTE_REGULATIONS_LIST, NULL },
	{ "rule", ROUTE_RULES_LIST, NULL },
	{ "setting", ROUTE_SETTINGS_LIST, NULL },
	{ "subnet", ROUTE_SUBNETS_LIST, NULL },
	{ "important_period", ROUTE_IMPORTANT_LIST, NULL },
	{ "selfcheck", ROUTE_SELFCHECKS_LIST, "SELECT unit_id FROM selfcheck WHERE id = $1" },
	{ "task", ROUTE_TASKS_LIST, "SELECT unit_id FROM task WHERE id = $1" },
	{ "term_review", ROUTE_REVIEWS_LIST, NULL },
	{ "topology", ROUTE_TOPOLOGY_GET, NULL },
	{ "unit", ROUTE_UNITS_LIST, "SELECT id FROM unit WHERE id = $1" },
	{ "unit_note", ROUTE_UNIT_NOTES_LIST, "SELECT unit_id FROM unit_note WHERE id = $1" },
	{ "user", ROUTE_USERS_LIST, NULL },
};

struct listener {
	struct listener *next;
	uint32_t req;
	struct arena *arena;
	struct slice token;
	struct slice address;
	struct caller caller;
	int64_t after; /* last commit_seq sent */
};

struct stream {
	struct query *query;
	struct db *db;
	struct listener *first;
	size_t count;
	int64_t sent_seq; /* everything up to it was offered to all */
	uv_timer_t recheck;
	uint64_t events;
	uint64_t refused;
};

struct change {
	int64_t seq;
	char topic[TOPIC_MAX];
	int64_t id;
	int64_t version;
};

static void on_recheck(uv_timer_t *timer);

int stream_open(struct query *query, struct stream **ret_stream, struct diag *diag)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	if (stream == NULL) {
		abort();
	}
	stream->query = query;
	int error = db_open(store_conf(query->rt), DB_READONLY, &stream->db, diag);
	if (error < 0) {
		free(stream);
		return error;
	}
	(void)uv_timer_init(&query->rt->loop, &stream->recheck);
	stream->recheck.data = stream;
	(void)uv_timer_start(&stream->recheck, on_recheck, RECHECK_MS, RECHECK_MS);
	*ret_stream = stream;
	return 0;
}

static void listener_free(struct listener *l)
{
	l->arena = arena_destroy(l->arena);
	free(l);
}

void stream_forget(struct stream *stream)
{
	while (stream->first != NULL) {
		struct listener *l = stream->first;
		stream->first = l->next;
		listener_free(l);
	}
	stream->count = 0;
}

struct stream *stream_close(struct stream *stream)
{
	if (stream != NULL) {
		stream_forget(stream);
		uv_close((uv_handle_t *)&stream->recheck, NULL);
	}
	return NULL;
}

static void end_send(struct stream *stream, uint32_t req, uint32_t status, bool resync)
{
	struct msg_stream_end msg = { .status = status, .resync = resync };
	if (RUNTIME_SEND(stream->query->rt, IPC_WEB, stream_end, MSG_STREAM_END, req, 0, &msg,
		    -1) < 0) {
		log_event(LOG_WARNING, "stream.unsent", F_INT("req", req));
	}
}

static int topic_of(const char *topic)
{
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (slice_is(slice_str(topics[i].topic), topic)) {
			return (int)i;
		}
	}
	return -1;
}

static bool visible(struct stream *stream, const struct listener *l, const struct change *c)
{
	int topic = topic_of(c->topic);
	if (topic < 0) {
		return false;
	}
	enum scope scope = access_scope(&l->caller, topics[topic].route);
	if (scope != SCOPE_OWN) {
		return scope == SCOPE_ALL;
	}
	int64_t unit_id = 0;
	return topics[topic].unit_sql != NULL &&
	       sql_int(stream->db, topics[topic].unit_sql, &unit_id, SQL_INT(c->id)) == 1 &&
	       access_covers(&l->caller, scope, unit_id);
}

static void offer(struct stream *stream, struct listener *l, const struct change *c)
{
	if (c->seq <= l->after || !visible(stream, l, c)) {
		return;
	}
	struct msg_event msg = {
		.seq = c->seq, .topic = slice_str(c->topic), .id = c->id, .version = c->version
	};
	if (RUNTIME_SEND(stream->query->rt, IPC_WEB, event, MSG_EVENT, l->req, 0, &msg, -1) ==
		0) {
		stream->events++;
	}
}

/* Changes after a commit_seq, oldest first.  Returns how many, or an error. */
static int changes_load(struct stream *stream, int64_t after, struct change *list, int max)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(stream->db,
		"SELECT seq, topic, record_id, record_version FROM change WHERE seq > $1"
		" ORDER BY seq, n LIMIT $2",
		&q, SQL_INT(after), SQL_INT(max));
	int count = 0;
	while (row >= 0 && (row = db_step(q)) == 1 && count < max) {
		struct change *c = &list[count++];
		struct slice topic = slice_head(db_col_text(q, 1), TOPIC_MAX - 1);
		*c = (struct change) { .seq = db_col_int64(q, 0),
			.id = db_col_int64(q, 2),
			.version = db_col_int64(q, 3) };
		memcpy(c->topic, topic.p, topic.n);
	}
	return row < 0 ? row : count;
}

void stream_committed(struct stream *stream)
{
	static struct change list[CHANGES_PER_TURN];
	if (stream->count == 0) {
		stream->sent_seq = stream->query->seq;
		return;
	}
	int count = changes_load(stream, stream->sent_seq, list, CHANGES_PER_TURN);
	for (int i = 0; i < count; i++) {
		for (struct listener *l = stream->first; l != NULL; l = l->next) {
			offer(stream, l, &list[i]);
		}
		stream->sent_seq = list[i].seq;
	}
	if (count >= 0 && count < CHANGES_PER_TURN) {
		stream->sent_seq = stream->query->seq;
	}
	for (struct listener *l = stream->first; l != NULL; l = l->next) {
		l->after = stream->sent_seq;
	}
}

static int caller_find(struct stream *stream, struct listener *l)
{
	struct caller caller = { 0 };
	int error = caller_load(
		stream->db, l->arena, l->token, l->address, clock_unix_ms(), &caller);
	l->caller = caller;
	return error < 0                                           ? error
	       : access_scope(&caller, ROUTE_STREAM) != SCOPE_NONE ? 0
								   : E_DENIED;
}

/* What it missed since its last event, as far back as changes are kept. */
static bool replay(struct stream *stream, struct listener *l, int64_t last_seq)
{
	static struct change list[CHANGES_PER_TURN];
	int64_t oldest = 0;
	if (last_seq <= 0 || last_seq >= stream->query->seq) {
		return true;
	}
	if (sql_int_args(stream->db, "SELECT min(seq) FROM change", &oldest, NULL, 0) < 0 ||
		oldest > last_seq + 1) {
		return false;
	}
	int count = changes_load(stream, last_seq, list, CHANGES_PER_TURN);
	if (count < 0 || count == CHANGES_PER_TURN) {
		return false;
	}
	l->after = last_seq;
	for (int i = 0; i < count && list[i].seq <= stream->sent_seq; i++) {
		offer(stream, l, &list[i]);
	}
	return true;
}

static void subscribe(struct stream *stream, struct ipc_frame *frame)
{
	struct msg_subscribe msg = { 0 };
	if (msg_subscribe_decode(frame->payload, &msg) < 0) {
		return;
	}
	if (stream->count == LISTENERS_MAX) {
		stream->refused++;
		end_send(stream, frame->req, 503, false);
		return;
	}
	struct listener *l = calloc(1, sizeof(*l));
	if (l == NULL) {
		abort();
	}
	l->arena = arena_create(4 * 1024 * 1024);
	l->req = frame->req;
	l->token = arena_dup(l->arena, msg.token);
	l->address = arena_dup(l->arena, msg.address);
	int error = caller_find(stream, l);
	if (error < 0) {
		end_send(stream, frame->req, error == E_DENIED ? 401 : 503, false);
		listener_free(l);
		return;
	}
	if (stream->count == 0) {
		stream->sent_seq = stream->query->seq;
	}
	if (!replay(stream, l, msg.last_seq)) {
		end_send(stream, frame->req, 200, true); /* too far back: read anew */
	}
	l->after = stream->sent_seq;
	l->next = stream->first;
	stream->first = l;
	stream->count++;
}

static void remove_listener(struct stream *stream, uint32_t req)
{
	for (struct listener **at = &stream->first; *at != NULL; at = &(*at)->next) {
		if ((*at)->req == req) {
			struct listener *l = *at;
			*at = l->next;
			stream->count--;
			listener_free(l);
			return;
		}
	}
}

/* A revoked token ends the stream; a switched role shows other things. */
static void on_recheck(uv_timer_t *timer)
{
	struct stream *stream = timer->data;
	for (struct listener *l = stream->first; l != NULL;) {
		struct listener *next = l->next;
		struct arena *fresh = arena_create(4 * 1024 * 1024);
		l->token = arena_dup(fresh, l->token);
		l->address = arena_dup(fresh, l->address);
		(void)arena_destroy(l->arena);
		l->arena = fresh;
		if (caller_find(stream, l) == E_DENIED) {
			end_send(stream, l->req, 401, false);
			remove_listener(stream, l->req);
		}
		l = next;
	}
}

void stream_frame(struct stream *stream, struct ipc_frame *frame)
{
	if (frame->type == MSG_SUBSCRIBE) {
		subscribe(stream, frame);
	} else if (frame->type == MSG_UNSUBSCRIBE) {
		remove_listener(stream, frame->req);
	}
}

void stream_status(const struct stream *stream, struct jw *jw)
{
	jw_kv_int(jw, "listeners", (int64_t)stream->count);
	jw_kv_int(jw, "events", (int64_t)stream->events);
}

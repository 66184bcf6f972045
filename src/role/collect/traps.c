/* SPDX-License-Identifier: Apache-2.0 */
#include "role/collect/traps.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/jw.h"
#include "base/log.h"
#include "collect/trap/trap.h"
#include "model/row.h"
#include "role/collect/heard.h"
#include "role/runtime.h"
#include "rows/tail.h"
#include "sys/rand.h"

enum { FIELDS_OCTETS = 256 * 1024, TEXT_OCTETS = 2048 };

/* RFC 5424 table 2: what breaks is a warning, what comes back is worth knowing. */
enum { WARNING = 4, NOTICE = 5 };

static int severity_of(const char *name)
{
	return name != NULL && (slice_is(SLICE("linkDown"), name) ||
				       slice_is(SLICE("authenticationFailure"), name) ||
				       slice_is(SLICE("upsTrapOnBattery"), name))
		       ? WARNING
		       : NOTICE;
}

/* "linkDown ifIndex 7", for who reads lines; everything else is in the fields. */
static void put_text(struct buf *text, const struct collect_trap_event *event, const char *name)
{
	uint32_t port = trap_if_index(event->trap);
	if (name != NULL) {
		buf_put_str(text, name);
	} else {
		oid_put(text, oid_of(&event->trap->oid));
	}
	if (port != 0) {
		buf_printf(text, " ifIndex %u", port);
	}
	if (event->unsaid > 0) {
		buf_printf(text, " (+%u)", event->unsaid);
	}
}

static void look_tell(
	struct traps *traps, const struct collect_trap_event *event, const char *name)
{
	struct msg_look msg = { .source = event->source };
	bool is_port = name != NULL &&
		       (slice_is(SLICE("linkDown"), name) || slice_is(SLICE("linkUp"), name));
	/* Without probe its next poll will see. */
	traps->looks += is_port &&
			RUNTIME_SEND(traps->rt, IPC_PROBE, look, MSG_LOOK, 0, 0, &msg, -1) >= 0;
}

static void on_trap(void *user, const struct collect_trap_event *event)
{
	struct traps *traps = user;
	const char *name = trap_name(oid_of(&event->trap->oid));
	struct jw jw;
	look_tell(traps, event, name);
	heard_put(traps->heard, event->source);
	buf_clear(&traps->fields);
	buf_clear(&traps->text);
	jw_init(&jw, &traps->fields);
	jw_object(&jw);
	jw_kv_str(&jw, "format", SLICE("snmptrap"));
	jw_key(&jw, "fields");
	jw_object(&jw);
	jw_kv_bool(&jw, "verified", event->is_verified);
	/* An object that cannot be read ends the list; those before it stand. */
	(void)!trap_put_json(&jw, event->trap);
	jw_end(&jw);
	jw_end(&jw);
	put_text(&traps->text, event, name);
	struct log_row row = { .ts_ms = event->at_unix_ms,
		.recv_ms = event->at_unix_ms,
		.source = event->source,
		.host = event->source,
		.app = SLICE("snmptrap"),
		.facility = -1,
		.severity = severity_of(name),
		.msg = buf_slice(&traps->text),
		.fields = traps->fields.failed ? SLICE("{}") : buf_slice(&traps->fields),
		/* Not the octets: they hold the community, which is a password. */
		.raw = buf_slice(&traps->text) };
	if (tail_append_log(traps->tail, &row, row.recv_ms) < 0) {
		traps->rows_refused++;
	} else {
		traps->rows++;
	}
}

int traps_begin(struct traps *traps, struct runtime *rt, struct tail *tail)
{
	int given = runtime_handle(rt, "trap_udp");
	/* The receiver closes what it is given; the runtime keeps the original. */
	int fd = given >= 0 ? fcntl(given, F_DUPFD_CLOEXEC, 3) : -1;
	if (fd < 0) {
		log_event(LOG_NOTICE, "traps.absent", F_STR("why", "no socket was given"));
		return 0;
	}
	traps->tail = tail;
	traps->rt = rt;
	buf_init(&traps->fields, FIELDS_OCTETS);
	buf_init(&traps->text, TEXT_OCTETS);
	struct collect_trap_options options = { .loop = &rt->loop,
		.udp_fds = &fd,
		.udp_count = 1,
		.on_trap = on_trap,
		.user = traps };
	rand_octets(options.seed, sizeof(options.seed));
	int error = collect_trap_create(&options, &traps->receiver);
	if (error < 0) {
		(void)close(fd);
	}
	return error;
}

void traps_end(struct traps *traps)
{
	traps->receiver = collect_trap_destroy(traps->receiver);
	buf_fini(&traps->fields);
	buf_fini(&traps->text);
}

void traps_status(const struct traps *traps, struct jw *jw)
{
	static const struct collect_trap_counters none;
	const struct collect_trap_counters *c =
		traps->receiver != NULL ? collect_trap_counters(traps->receiver) : &none;
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
		{ "traps", c->datagrams },
		{ "traps_news", c->news },
		{ "traps_repeats", c->repeats },
		{ "traps_storm", c->storm },
		{ "traps_malformed", c->malformed + c->no_traps },
		{ "traps_sealed", c->sealed },
		{ "traps_forged", c->forged },
		{ "traps_cut", c->cut },
		{ "traps_kernel_drops", c->kernel_drops },
		{ "traps_rows_refused", traps->rows_refused },
		{ "traps_looks", traps->looks },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		jw_kv_int(jw, members[i].name, (int64_t)members[i].value);
	}
}

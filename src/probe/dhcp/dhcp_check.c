/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/dhcp/dhcp_check.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/network.h"
#include "probe/dhcp/dhcp_priv.h"
#include "probe/engines.h"
#include "probe/verdict.h"
#include "proto/dhcp.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum { PACKET_MAX = 2048, READS_A_TURN = 64, TEXT_MAX = 16 };

static const uint32_t everybody = 0xffffffff;

struct op {
	struct dhcp_asker *asker;
	struct op *next;
	struct op *prev;
	struct check_sink sink;
	struct check_spec *spec;
	struct check_result result;
	uv_timer_t deadline;
	uint64_t began_ns;
	uint32_t xid;
	uint32_t to;
	uint8_t hardware[DHCP_HARDWARE];
	int failure;  /* of the start */
	bool offered; /* result holds the first good offer; others are listened for */
	bool over;
};

struct dhcp_asker {
	uv_loop_t *loop;
	int fd;
	uv_poll_t poll;
	unsigned handles; /* the poll and the timers */
	unsigned count;
	struct op *first;
	bool closing;
};

static void on_deadline(uv_timer_t *timer);

static void release(struct dhcp_asker *asker)
{
	if (--asker->handles == 0 && asker->closing) {
		free(asker);
	}
}

static void on_op_closed(uv_handle_t *handle)
{
	struct op *op = handle->data;
	struct dhcp_asker *asker = op->asker;
	free(op->spec);
	free(op);
	release(asker);
}

static void end(struct op *op)
{
	struct dhcp_asker *asker = op->asker;
	op->over = true;
	if (op->prev != NULL) {
		op->prev->next = op->next;
	} else {
		asker->first = op->next;
	}
	if (op->next != NULL) {
		op->next->prev = op->prev;
	}
	if (--asker->count == 0 && asker->fd >= 0) {
		dhcp_socket_listen(asker->fd, false);
	}
	uv_close((uv_handle_t *)&op->deadline, on_op_closed);
}

static void finish(struct op *op, enum check_state state, const char *code)
{
	struct check_sink sink = op->sink;
	check_result_set(&op->result, state, code);
	struct check_result result = op->result;
	end(op);
	sink.done(sink.user, sink.tag, &result);
}

/* ---- judging */

static void put_ip(char ret_text[TEXT_MAX], uint32_t address)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX - 1);
	buf_printf(&text, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
		address & 255);
	memcpy(ret_text, text.p, text.n + 1);
}

static void put_arg(struct check_result *result, const char *name, uint32_t address)
{
	char text[TEXT_MAX];
	put_ip(text, address);
	check_result_arg(result, name, slice_str(text));
}

/* Is the address in the list?  "10.1.0.2, 10.1.0.0/29" */
static bool is_listed(const char *list, uint32_t address)
{
	char text[TEXT_MAX];
	struct slice rest = slice_str(list);
	put_ip(text, address);
	while (rest.n > 0) {
		struct slice one;
		struct slice after;
		bool more = slice_cut(rest, ',', &one, &after);
		if (network_contains_text(slice_trim(one), slice_str(text))) {
			return true;
		}
		rest = more ? after : (struct slice) { 0 };
	}
	return false;
}

static void put_offer(struct op *op, const struct dhcp_reply *reply, uint32_t server)
{
	struct check_result *result = &op->result;
	result->latency_us = (int64_t)((uv_hrtime() - op->began_ns) / 1000);
	check_result_perf(result, "time", (double)result->latency_us, "us");
	check_result_perf(result, "lease", (double)reply->lease_s, "s");
	put_arg(result, "address", reply->address);
	put_arg(result, "server", server);
	put_arg(result, "router", reply->router);
}

static void conclude(struct op *op)
{
	bool slow = op->spec->warn_latency_ms != 0 &&
		    op->result.latency_us > (int64_t)op->spec->warn_latency_ms * 1000;
	finish(op, slow ? CHECK_DEGRADED : CHECK_UP, slow ? "dhcp.slow" : "dhcp.ok");
}

static void judge(struct op *op, const struct dhcp_reply *reply, uint32_t source)
{
	const char *servers = check_spec_text(op->spec, DHCP_SERVERS);
	const char *network = check_spec_text(op->spec, DHCP_NETWORK);
	uint32_t server = reply->server != 0 ? reply->server : source;
	struct check_result fresh;
	check_result_init(&fresh, op->spec, op->result.at_unix_ms);
	bool rogue = servers != NULL && !is_listed(servers, server);
	bool wrong = network != NULL && !is_listed(network, reply->address);
	if (rogue || wrong) {
		op->result = fresh;
		put_offer(op, reply, server);
		put_arg(&op->result, "source", source);
		if (!rogue) {
			check_result_arg(&op->result, "expected", slice_str(network));
		}
		finish(op, CHECK_DOWN, rogue ? "dhcp.rogue" : "dhcp.wrong_network");
		return;
	}
	if (op->offered) {
		return;
	}
	op->offered = true;
	put_offer(op, reply, server);
	if (op->to != everybody) {
		conclude(op);
		return;
	}
	/* Ours was quickest; a server that nobody set up may yet speak. */
	uint64_t left_ms = uv_timer_get_due_in(&op->deadline);
	(void)uv_timer_start(&op->deadline, on_deadline,
		left_ms < DHCP_LISTEN_MS ? left_ms : DHCP_LISTEN_MS, 0);
}

/* ---- the socket */

static void take_packet(struct dhcp_asker *asker, struct slice packet)
{
	struct dhcp_reply reply;
	struct slice message;
	uint32_t source = 0;
	if (dhcp_cut_packet(packet, &source, &message) < 0 ||
		dhcp_parse_reply(message, &reply) < 0 || reply.type != DHCP_OFFER) {
		return;
	}
	for (struct op *op = asker->first; op != NULL; op = op->next) {
		if (op->xid == reply.xid &&
			memcmp(op->hardware, reply.hardware, DHCP_HARDWARE) == 0) {
			judge(op, &reply, source);
			return;
		}
	}
}

static void fail(struct op *op, int error)
{
	if (error == ECONNREFUSED) {
		finish(op, CHECK_DOWN, "dhcp.refused");
	} else if (error == ENETUNREACH || error == EHOSTUNREACH) {
		finish(op, CHECK_UNREACHABLE, "dhcp.no_route");
	} else {
		check_result_arg_int(&op->result, "errno", error);
		finish(op, CHECK_UNKNOWN, "dhcp.failed");
	}
}

static void take_errors(struct dhcp_asker *asker)
{
	uint32_t about = 0;
	int error = 0;
	for (unsigned i = 0; i < READS_A_TURN; i++) {
		error = dhcp_socket_error(asker->fd, &about);
		if (error == 0) {
			return;
		}
		struct op *next = NULL;
		for (struct op *op = asker->first; op != NULL; op = next) {
			next = op->next;
			if (op->to == about && !op->offered) {
				fail(op, error);
			}
		}
	}
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct dhcp_asker *asker = poll->data;
	uint8_t octets[PACKET_MAX];
	(void)events;
	take_errors(asker);
	for (unsigned i = 0; i < READS_A_TURN; i++) {
		size_t n = dhcp_socket_read(asker->fd, octets, sizeof(octets));
		if (n == 0) {
			break;
		}
		take_packet(asker, slice_of(octets, n));
	}
	if (status < 0) {
		/* libuv ends its watch at an error, which here was only about one target. */
		(void)uv_poll_start(poll, UV_READABLE, on_poll);
	}
}

static void on_asker_closed(uv_handle_t *handle)
{
	release(handle->data);
}

int dhcp_asker_create(uv_loop_t *loop, int fd, struct dhcp_asker **ret_asker)
{
	struct dhcp_asker *asker = calloc(1, sizeof(*asker));
	if (asker == NULL) {
		return -ENOMEM;
	}
	asker->loop = loop;
	asker->fd = fd;
	asker->handles = 1;
	asker->poll.data = asker;
	if (fd >= 0) {
		int rc = dhcp_socket_prepare(fd);
		rc = rc < 0 ? rc : uv_poll_init(loop, &asker->poll, fd);
		if (rc < 0) {
			free(asker);
			return rc;
		}
		(void)uv_poll_start(&asker->poll, UV_READABLE, on_poll);
	}
	*ret_asker = asker;
	return 0;
}

void dhcp_asker_close(struct dhcp_asker *asker)
{
	asker->closing = true;
	while (asker->first != NULL) {
		end(asker->first);
	}
	if (asker->fd >= 0) {
		uv_close((uv_handle_t *)&asker->poll, on_asker_closed);
	} else {
		release(asker);
	}
}

/* ---- one check */

static void on_deadline(uv_timer_t *timer)
{
	struct op *op = timer->data;
	if (op->asker->fd < 0) {
		finish(op, CHECK_UNKNOWN, "dhcp.no_socket");
	} else if (op->failure == -ENODEV) {
		finish(op, CHECK_UNKNOWN, "dhcp.no_interface");
	} else if (op->failure < 0) {
		fail(op, -op->failure);
	} else if (op->offered) {
		conclude(op);
	} else {
		finish(op, CHECK_DOWN, "dhcp.none");
	}
}

static uint32_t number_of(const struct probe_addr *addr)
{
	return (uint32_t)addr->octet[0] << 24 | (uint32_t)addr->octet[1] << 16 |
	       (uint32_t)addr->octet[2] << 8 | addr->octet[3];
}

static int ask(struct op *op, uint32_t relay)
{
	AUTO_BUF struct buf octets;
	const char *name = check_spec_text(op->spec, DHCP_INTERFACE);
	unsigned interface = name != NULL ? if_nametoindex(name) : 0;
	if (name != NULL && interface == 0) {
		return -ENODEV;
	}
	buf_init(&octets, DHCP_MESSAGE_MAX);
	struct dhcp_discover discover = { .xid = op->xid, .relay = relay };
	memcpy(discover.hardware, op->hardware, DHCP_HARDWARE);
	dhcp_put_discover(&octets, &discover);
	return dhcp_socket_send(op->asker->fd, op->to, relay, interface, buf_slice(&octets));
}

/* The same one for the same check, so that a server keeps no row of offers for us. */
static void make_hardware(int64_t id, uint8_t ret_hardware[DHCP_HARDWARE])
{
	ret_hardware[0] = 0x02; /* locally administered */
	for (unsigned i = 1; i < DHCP_HARDWARE; i++) {
		ret_hardware[i] = (uint8_t)(id >> 8 * (DHCP_HARDWARE - 1 - i));
	}
}

static void begin(struct op *op, uint32_t relay)
{
	struct dhcp_asker *asker = op->asker;
	(void)uv_timer_init(asker->loop, &op->deadline);
	op->deadline.data = op;
	op->next = asker->first;
	if (asker->first != NULL) {
		asker->first->prev = op;
	}
	asker->first = op;
	asker->handles++;
	if (asker->count++ == 0 && asker->fd >= 0) {
		dhcp_socket_listen(asker->fd, true);
	}
	op->began_ns = uv_hrtime();
	op->failure = asker->fd >= 0 ? ask(op, relay) : -EPERM;
	/* What could not be sent is still answered from the loop. */
	(void)uv_timer_start(&op->deadline, on_deadline,
		op->failure < 0 ? 0 : verdict_timeout_ms(op->spec), 0);
}

int dhcp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	struct dhcp_asker *asker = engines->dhcp;
	struct probe_addr relay = { 0 };
	struct slice text = slice_str(check_spec_text(spec, DHCP_RELAY));
	bool usable =
		spec->addr.family == 4 &&
		(text.n == 0 || (probe_addr_parse(text, &relay) == 0 && relay.family == 4));
	if (!usable) {
		return E_INPUT;
	}
	if (asker->closing || asker->count >= DHCP_INFLIGHT_MAX) {
		return E_BUSY;
	}
	struct op *op = calloc(1, sizeof(*op));
	struct check_spec *copy = check_spec_dup(spec);
	if (op == NULL || copy == NULL) {
		free(op);
		free(copy);
		return -ENOMEM;
	}
	op->asker = asker;
	op->sink = sink;
	op->spec = copy;
	op->to = number_of(&spec->addr);
	op->xid = (uint32_t)rand_u64();
	make_hardware(spec->id, op->hardware);
	check_result_init(&op->result, copy, clock_unix_ms());
	begin(op, text.n > 0 ? number_of(&relay) : 0);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/slice.h"
#include "probe/icmp/ping_priv.h"
#include "proto/icmp.h"

enum {
	PACKET_MAX =
		576, /* an error quotes as much as fits in this (RFC 1812 section 4.3.2.3) */
	CONTROL_MAX = 128,
	V4_UNREACHABLE = 3,
	V4_TIME_EXCEEDED = 11,
	V6_UNREACHABLE = 1,
	V6_TIME_EXCEEDED = 3,
};

static const int64_t second_ns = 1000000000;

/* Credit grows with time, to at most 2 ms worth or one batch. */
static uint32_t take_credit(struct ping *ping)
{
	int64_t cost = second_ns / ping->rate_per_s > 0 ? second_ns / ping->rate_per_s : 1;
	int64_t most = cost * PING_BATCH > 2000000 ? cost * PING_BATCH : 2000000;
	int64_t now = ping_clock_ns(CLOCK_MONOTONIC);
	int64_t gained = now - ping->refilled_mono_ns;
	ping->refilled_mono_ns = now;
	ping->tokens_ns = gained > most - ping->tokens_ns ? most : ping->tokens_ns + gained;
	return (uint32_t)(ping->tokens_ns / cost);
}

static void spend_credit(struct ping *ping, uint32_t requests)
{
	int64_t cost = second_ns / ping->rate_per_s > 0 ? second_ns / ping->rate_per_s : 1;
	ping->tokens_ns -= cost * requests;
}

static void fail_send(struct ping *ping, uint32_t at, int error)
{
	struct check_result result;
	ping_result_init(ping, at, &result);
	if (error == ENETUNREACH || error == EHOSTUNREACH) {
		ping_finish(ping, at, CHECK_UNREACHABLE, "icmp.no_route", &result);
		return;
	}
	/* Our own machine's doing (a firewall's EPERM, say): it says nothing about the target. */
	check_result_arg_int(&result, "errno", error);
	ping_finish(ping, at, CHECK_UNKNOWN, "icmp.send_failed", &result);
}

/* Returns how many went out, or -errno for the first in the queue. */
static int send_batch(struct ping_family *family, uint32_t count)
{
	struct ping *ping = family->ping;
	struct mmsghdr messages[PING_BATCH];
	struct iovec iov[PING_BATCH];
	union probe_sockaddr to[PING_BATCH];
	uint8_t octets[PING_BATCH][ECHO_HEAD4_OCTETS + ECHO_OCTETS];
	uint32_t head = family->family == 4 ? ECHO_HEAD4_OCTETS : 0;
	memset(messages, 0, sizeof(messages[0]) * count);
	uint32_t at = family->queue.head;
	for (uint32_t i = 0; i < count; i++, at = ping->slots[at].next) {
		struct icmp_echo echo = { .id = ping->id,
			.seq = (uint16_t)at,
			.slot = at,
			.generation = ping->slots[at].generation,
			.cookie = ping_cookie(ping, at) };
		if (head > 0) {
			icmp_put_head4(ping->slots[at].addr.octet, octets[i]);
		}
		icmp_put_echo(&echo, family->family, octets[i] + head);
		iov[i] = (struct iovec) { octets[i], head + ECHO_OCTETS };
		messages[i].msg_hdr.msg_namelen =
			probe_addr_to_sockaddr(&ping->slots[at].addr, 0, &to[i]);
		messages[i].msg_hdr.msg_name = &to[i];
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	int64_t real_ns = ping_clock_ns(CLOCK_REALTIME);
	int64_t mono_ns = ping_clock_ns(CLOCK_MONOTONIC);
	int sent = sendmmsg(family->fd, messages, count, MSG_DONTWAIT);
	if (sent < 0) {
		return -errno;
	}
	/* The system call took its time over all of them alike. */
	int64_t each_ns = (ping_clock_ns(CLOCK_MONOTONIC) - mono_ns) / (sent > 0 ? sent : 1);
	for (int i = 0; i < sent; i++) {
		at = family->queue.head;
		ping->slots[at].sent_real_ns = real_ns + each_ns * i;
		ping->slots[at].sent_mono_ns = mono_ns + each_ns * i;
		ping_list_remove(ping, &family->queue, at);
		ping_wait(ping, at);
	}
	ping->stats.sent += (uint64_t)sent;
	return sent;
}

static uint32_t queue_length(const struct ping_family *family, uint32_t most)
{
	uint32_t n = 0;
	for (uint32_t at = family->queue.head; at != PING_NONE && n < most;
		at = family->ping->slots[at].next) {
		n++;
	}
	return n;
}

static int receive_batch(struct ping_family *family);

/* Returns false when the socket takes no more for now. */
static bool flush_family(struct ping_family *family, uint32_t *credit)
{
	struct ping *ping = family->ping;
	while (*credit > 0 && family->queue.head != PING_NONE) {
		uint32_t count =
			queue_length(family, *credit < PING_BATCH ? *credit : PING_BATCH);
		int sent = send_batch(family, count);
		if (sent == -EAGAIN || sent == -ENOBUFS || sent == -EINTR) {
			ping->stats.send_deferred++;
			return false;
		}
		if (sent < 0) {
			fail_send(ping, family->queue.head, -sent);
			sent = 1;
		}
		spend_credit(ping, (uint32_t)sent);
		*credit -= (uint32_t)sent;
		/* Near targets answer while we send: read as we go, or the kernel's buffer fills. */
		if (!ping->closing) {
			(void)receive_batch(family);
		}
		if (ping->closing) {
			return false;
		}
	}
	return true;
}

static void on_pace(uv_timer_t *timer)
{
	struct ping *ping = timer->data;
	uint32_t credit = take_credit(ping);
	for (unsigned i = 0; i < 2 && !ping->closing; i++) {
		(void)flush_family(&ping->by_family[i], &credit);
	}
	if (!ping->closing && (ping->by_family[0].queue.head != PING_NONE ||
				      ping->by_family[1].queue.head != PING_NONE)) {
		(void)uv_timer_start(&ping->pace, on_pace, 1, 0);
	}
}

void ping_flush_soon(struct ping *ping)
{
	if (!uv_is_active((uv_handle_t *)&ping->pace)) {
		(void)uv_timer_start(&ping->pace, on_pace, 0, 0);
	}
}

static void finish_reply(
	struct ping *ping, uint32_t at, int64_t received_real_ns, const struct probe_addr *from)
{
	const struct ping_slot *slot = &ping->slots[at];
	/* The kernel's stamp is wall time: when the clock was stepped between, take our own. */
	int64_t mono_ns = ping->received_mono_ns - slot->sent_mono_ns;
	int64_t rtt_ns = received_real_ns - slot->sent_real_ns;
	if (received_real_ns == 0 || rtt_ns > mono_ns || rtt_ns < -1000000) {
		rtt_ns = mono_ns;
	}
	struct check_result result;
	ping_result_init(ping, at, &result);
	result.latency_us = rtt_ns > 1000 ? rtt_ns / 1000 : 1;
	check_result_perf(&result, "rtt", (double)(rtt_ns > 0 ? rtt_ns : 1000) / 1000.0, "us");
	if (!probe_addr_eq(from, &slot->addr)) {
		/* A router answering from another of its addresses: the cookie proves it was asked. */
		AUTO_BUF struct buf text;
		buf_init(&text, 64);
		probe_addr_put(&text, from);
		check_result_arg(&result, "from", buf_slice(&text));
	}
	ping->stats.replied++;
	bool slow = slot->warn_latency_ms != 0 &&
		    result.latency_us > (int64_t)slot->warn_latency_ms * 1000;
	ping_finish(ping, at, slow ? CHECK_DEGRADED : CHECK_UP, slow ? "icmp.slow" : "icmp.ok",
		&result);
}

/* What an error message says of its target. */
static const char *judge_error(
	const struct icmp_seen *seen, unsigned family, enum check_state *ret_state)
{
	static const struct {
		uint8_t family, type, code;
		enum check_state state;
		const char *text;
	} table[] = {
		{ 4, V4_UNREACHABLE, 0, CHECK_UNREACHABLE, "icmp.net_unreachable" },
		{ 4, V4_UNREACHABLE, 1, CHECK_DOWN, "icmp.host_unreachable" },
		{ 4, V4_UNREACHABLE, 6, CHECK_UNREACHABLE, "icmp.net_unreachable" },
		{ 4, V4_UNREACHABLE, 7, CHECK_DOWN, "icmp.host_unreachable" },
		{ 4, V4_UNREACHABLE, 9, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 4, V4_UNREACHABLE, 10, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 4, V4_UNREACHABLE, 13, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 4, V4_TIME_EXCEEDED, 0, CHECK_UNREACHABLE, "icmp.ttl_exceeded" },
		{ 6, V6_UNREACHABLE, 0, CHECK_UNREACHABLE, "icmp.net_unreachable" },
		{ 6, V6_UNREACHABLE, 1, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 6, V6_UNREACHABLE, 3, CHECK_DOWN, "icmp.host_unreachable" },
		{ 6, V6_UNREACHABLE, 5, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 6, V6_UNREACHABLE, 6, CHECK_UNREACHABLE, "icmp.prohibited" },
		{ 6, V6_TIME_EXCEEDED, 0, CHECK_UNREACHABLE, "icmp.ttl_exceeded" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].family == family && table[i].type == seen->type &&
			table[i].code == seen->code) {
			*ret_state = table[i].state;
			return table[i].text;
		}
	}
	*ret_state = CHECK_UNREACHABLE;
	return "icmp.error";
}

static void finish_error(struct ping_family *family, uint32_t at, const struct icmp_seen *seen,
	const struct probe_addr *from)
{
	struct ping *ping = family->ping;
	struct check_result result;
	ping_result_init(ping, at, &result);
	AUTO_BUF struct buf text;
	buf_init(&text, 64);
	probe_addr_put(&text, from);
	check_result_arg(&result, "from", buf_slice(&text));
	check_result_arg_int(&result, "type", seen->type);
	check_result_arg_int(&result, "code", seen->code);
	enum check_state state = CHECK_UNKNOWN;
	const char *code = judge_error(seen, family->family, &state);
	ping->stats.errors++;
	ping_finish(ping, at, state, code, &result);
}

static bool is_waiting(const struct ping *ping, uint32_t at, unsigned family)
{
	return at < ping->slot_count && ping->slots[at].state == PING_SENT &&
	       ping->slots[at].addr.family == family;
}

/* The slot a message is about, or PING_NONE, counted. */
static uint32_t find_slot(struct ping_family *family, const struct icmp_seen *seen)
{
	struct ping *ping = family->ping;
	uint32_t at = seen->echo.slot;
	if (seen->has_payload) {
		if (!is_waiting(ping, at, family->family) ||
			ping->slots[at].generation != seen->echo.generation) {
			ping->stats.late++;
			return PING_NONE;
		}
		if (ping_cookie(ping, at) != seen->echo.cookie) {
			ping->stats.forged++;
			return PING_NONE;
		}
		return at;
	}
	if (seen->kind == ICMP_SEEN_REPLY) {
		ping->stats.forged++;
		return PING_NONE;
	}
	/* Only the identifier, sequence number and target were quoted. */
	for (at = seen->echo.seq; at < ping->slot_count; at += 65536) {
		if (is_waiting(ping, at, family->family) &&
			memcmp(ping->slots[at].addr.octet, seen->quoted_to,
				family->family == 4 ? 4 : 16) == 0) {
			return at;
		}
	}
	ping->stats.late++;
	return PING_NONE;
}

static void take_packet(struct ping_family *family, struct slice packet,
	int64_t received_real_ns, const struct probe_addr *from)
{
	struct ping *ping = family->ping;
	struct icmp_seen seen;
	int rc = family->family == 4 ? icmp_parse4(packet, &seen) : icmp_parse6(packet, &seen);
	if (rc < 0) {
		ping->stats.malformed++;
		return;
	}
	if (seen.kind == ICMP_SEEN_OTHER || seen.echo.id != ping->id) {
		return;
	}
	uint32_t at = find_slot(family, &seen);
	if (at == PING_NONE) {
		return;
	}
	if (seen.kind == ICMP_SEEN_REPLY) {
		finish_reply(ping, at, received_real_ns, from);
	} else {
		finish_error(family, at, &seen, from);
	}
}

static int64_t read_control(struct ping_family *family, struct msghdr *header)
{
	int64_t stamp_ns = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec stamp;
			memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
			stamp_ns = (int64_t)stamp.tv_sec * second_ns + stamp.tv_nsec;
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t dropped = 0;
			memcpy(&dropped, CMSG_DATA(c), sizeof(dropped));
			family->ping->stats.kernel_dropped += dropped - family->dropped_seen;
			family->dropped_seen = dropped;
		}
	}
	return stamp_ns;
}

/* Source address of an IPv4 packet (RFC 791 section 3.1); 0.0.0.0 of one that is cut short. */
static struct probe_addr sender4(struct slice packet)
{
	enum { SOURCE_AT = 12, SOURCE_OCTETS = 4 };
	struct probe_addr addr = { .family = 4 };
	if (packet.n >= SOURCE_AT + SOURCE_OCTETS) {
		memcpy(addr.octet, packet.p + SOURCE_AT, SOURCE_OCTETS);
	}
	return addr;
}

static int receive_batch(struct ping_family *family)
{
	struct mmsghdr messages[PING_BATCH];
	struct iovec iov[PING_BATCH];
	union probe_sockaddr from[PING_BATCH];
	uint8_t octets[PING_BATCH][PACKET_MAX];
	_Alignas(struct cmsghdr) uint8_t control[PING_BATCH][CONTROL_MAX];
	memset(messages, 0, sizeof(messages));
	/* Over IPv4 the packet's own header says whom it is from. */
	bool named = family->family != 4;
	for (unsigned i = 0; i < PING_BATCH; i++) {
		iov[i] = (struct iovec) { octets[i], PACKET_MAX };
		messages[i].msg_hdr = (struct msghdr) { .msg_name = named ? &from[i] : NULL,
			.msg_namelen = named ? sizeof(from[i]) : 0,
			.msg_iov = &iov[i],
			.msg_iovlen = 1,
			.msg_control = control[i],
			.msg_controllen = CONTROL_MAX };
	}
	int n = recvmmsg(family->fd, messages, PING_BATCH, MSG_DONTWAIT, NULL);
	family->ping->received_mono_ns = ping_clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < n && !family->ping->closing; i++) {
		int64_t stamp_ns = read_control(family, &messages[i].msg_hdr);
		struct slice packet = slice_of(octets[i], messages[i].msg_len);
		struct probe_addr addr =
			named ? probe_addr_of_sockaddr(&from[i].sa) : sender4(packet);
		take_packet(family, packet, stamp_ns, &addr);
	}
	return n;
}

void ping_receive(struct ping_family *family, uint32_t batches)
{
	for (uint32_t i = 0; i < batches && !family->ping->closing; i++) {
		if (receive_batch(family) < PING_BATCH) {
			return;
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/trap/trap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/buf.h"
#include "base/err.h"
#include "collect/trap/trap_repeat.h"
#include "proto/usm.h"
#include "sys/clock.h"

enum {
	SLOTS = 64,
	ROUNDS_MAX = 8,
	CONTROL_OCTETS = 64,
	ADDRESS_MAX = 46,
	ENGINES = 1024,
	RCVBUF = 16 * 1024 * 1024,
	ANSWER_OCTETS = 65507,
};

struct intake {
	uv_poll_t poll;
	struct collect_trap *collect;
	int fd;
	uint32_t drops;
};

/* The clock of an engine as it last said it, signed: what is older was played back. */
struct engine_clock {
	uint64_t key;
	uint32_t boots;
	uint32_t time_s;
};

struct collect_trap {
	struct collect_trap_options options;
	struct intake intakes[COLLECT_TRAP_SOCKETS_MAX];
	size_t handles;
	struct trap_repeat *repeat;
	struct collect_trap_counters counters;
	struct engine_clock clocks[ENGINES];
	struct buf plain;
	struct mmsghdr header[SLOTS];
	struct iovec part[SLOTS];
	struct sockaddr_storage from[SLOTS];
	_Alignas(struct cmsghdr) uint8_t control[SLOTS][CONTROL_OCTETS];
	uint8_t octets[SLOTS][COLLECT_TRAP_OCTETS_MAX];
};

static void address_text(const struct sockaddr_storage *address, char ret_text[ADDRESS_MAX])
{
	ret_text[0] = '\0';
	if (address->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		(void)inet_ntop(AF_INET, &in.sin_addr, ret_text, ADDRESS_MAX);
	} else if (address->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, address, sizeof(in6));
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr);
		(void)inet_ntop(mapped ? AF_INET : AF_INET6,
			&in6.sin6_addr.s6_addr[mapped ? 12 : 0], ret_text, ADDRESS_MAX);
	}
}

/* RFC 3414 section 3.2 (7) b, as the side that does not keep the clock. */
static bool is_timely(struct collect_trap *collect, const struct snmp_v3 *v3)
{
	uint64_t seed = 0;
	memcpy(&seed, collect->options.seed, sizeof(seed));
	uint64_t key = XXH3_64bits_withSeed(v3->engine_id.p, v3->engine_id.n, seed);
	struct engine_clock *clock = &collect->clocks[key % ENGINES];
	bool later = v3->boots > clock->boots ||
		     (v3->boots == clock->boots && v3->time_s > clock->time_s);
	if (clock->key != key || later) {
		*clock = (struct engine_clock) { key, v3->boots, v3->time_s };
		return true;
	}
	return v3->boots == clock->boots &&
	       (uint64_t)v3->time_s + USM_WINDOW_S >= clock->time_s;
}

/* Of traps the sender's engine is the one that counts.  Returns: as usm_open, E_ABSENT for a stranger. */
static int open_v3(struct collect_trap *collect, struct slice datagram, struct snmp_msg *msg)
{
	const struct collect_trap_options *options = &collect->options;
	for (size_t i = 0; i < options->user_count; i++) {
		const struct usm_user *user = &options->users[i];
		struct usm_engine engine = { 0 };
		if (!slice_eq(msg->v3.user, slice_of(user->name, user->name_n))) {
			continue;
		}
		buf_clear(&collect->plain);
		int rc = usm_engine_set(&engine, user, msg->v3.engine_id);
		rc = rc < 0 ? rc : usm_open(user, &engine, datagram, msg, &collect->plain);
		return rc < 0                         ? rc
		       : user->auth == USM_NO_AUTH    ? 0
		       : is_timely(collect, &msg->v3) ? 1
						      : E_DIGEST;
	}
	return E_ABSENT;
}

static void answer_inform(struct intake *intake, const struct trap *trap,
	const struct sockaddr_storage *from, socklen_t n)
{
	AUTO_BUF struct buf answer;
	buf_init(&answer, ANSWER_OCTETS);
	if (trap->msg.version == SNMP_V2C && trap_put_answer(&answer, trap) == 0 &&
		sendto(intake->fd, answer.p, answer.n, MSG_DONTWAIT,
			(const struct sockaddr *)from, n) >= 0) {
		intake->collect->counters.informs_answered++;
	}
}

static void judge(struct collect_trap *collect, struct collect_trap_event *event)
{
	struct collect_trap_counters *counters = &collect->counters;
	switch (trap_repeat_judge(
		collect->repeat, event->source, event->trap, clock_mono_ms(), &event->unsaid)) {
	case TRAP_NEWS:
		counters->news++;
		collect->options.on_trap(collect->options.user, event);
		break;
	case TRAP_REPEAT:
		counters->repeats++;
		break;
	case TRAP_STORM:
		counters->storm++;
		break;
	}
}

static void count_bad(struct collect_trap *collect, int rc)
{
	struct collect_trap_counters *counters = &collect->counters;
	if (rc == E_ABSENT) {
		counters->sealed++;
	} else if (rc == E_DIGEST || rc == E_DENIED) {
		counters->forged++;
	} else if (rc == E_UNSUPPORTED) {
		counters->no_traps++;
	} else {
		counters->malformed++;
	}
}

static void take(struct intake *intake, size_t i)
{
	struct collect_trap *collect = intake->collect;
	struct slice datagram = slice_of(collect->octets[i], collect->header[i].msg_len);
	struct collect_trap_event event = { .at_unix_ms = clock_unix_ms() };
	struct snmp_msg msg;
	struct trap trap;
	char source[ADDRESS_MAX];
	collect->counters.datagrams++;
	collect->counters.octets += datagram.n;
	if ((collect->header[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
		collect->counters.cut++;
		return;
	}
	int rc = snmp_parse(datagram, &msg);
	if (rc == 0 && msg.version == SNMP_V3) {
		rc = open_v3(collect, datagram, &msg);
		event.is_verified = rc == 1;
	}
	rc = rc < 0 ? rc : trap_of(&msg, &trap);
	if (rc < 0) {
		count_bad(collect, rc);
		return;
	}
	if (trap.is_inform) {
		answer_inform(intake, &trap, &collect->from[i],
			collect->header[i].msg_hdr.msg_namelen);
	}
	address_text(&collect->from[i], source);
	event.source = slice_str(source);
	event.trap = &trap;
	judge(collect, &event);
}

static void count_drops(struct intake *intake, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
		c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t drops = 0;
			memcpy(&drops, CMSG_DATA(c), sizeof(drops));
			intake->collect->counters.kernel_drops +=
				(uint32_t)(drops - intake->drops);
			intake->drops = drops;
		}
	}
}

static void arm(struct collect_trap *collect)
{
	for (size_t i = 0; i < SLOTS; i++) {
		collect->part[i] =
			(struct iovec) { collect->octets[i], COLLECT_TRAP_OCTETS_MAX };
		collect->header[i].msg_hdr = (struct msghdr) {
			.msg_name = &collect->from[i],
			.msg_namelen = sizeof(collect->from[i]),
			.msg_iov = &collect->part[i],
			.msg_iovlen = 1,
			.msg_control = collect->control[i],
			.msg_controllen = CONTROL_OCTETS,
		};
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct intake *intake = poll->data;
	struct collect_trap *collect = intake->collect;
	(void)status;
	(void)events;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		arm(collect);
		int n = recvmmsg(intake->fd, collect->header, SLOTS, MSG_DONTWAIT, NULL);
		if (n < 0) {
			collect->counters.read_errors += errno != EAGAIN && errno != EINTR;
			return;
		}
		for (int i = 0; i < n; i++) {
			count_drops(intake, &collect->header[i].msg_hdr);
			take(intake, (size_t)i);
		}
		if (n < SLOTS) {
			return;
		}
	}
}

static int prepare(struct collect_trap *collect, size_t i)
{
	struct intake *intake = &collect->intakes[i];
	int yes = 1;
	int size = RCVBUF;
	intake->collect = collect;
	intake->fd = collect->options.udp_fds[i];
	int flags = fcntl(intake->fd, F_GETFL);
	if (flags < 0 || fcntl(intake->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		setsockopt(intake->fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes)) < 0) {
		return -errno;
	}
	/* Beyond rmem_max only with CAP_NET_ADMIN; whatever we get is fine. */
	if (setsockopt(intake->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0) {
		(void)setsockopt(intake->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	return 0;
}

static void free_all(struct collect_trap *collect)
{
	collect->repeat = trap_repeat_destroy(collect->repeat);
	buf_fini(&collect->plain);
	free(collect);
}

static void on_closed(uv_handle_t *handle)
{
	struct intake *intake = handle->data;
	struct collect_trap *collect = intake->collect;
	(void)close(intake->fd);
	if (--collect->handles == 0) {
		free_all(collect);
	}
}

struct collect_trap *collect_trap_destroy(struct collect_trap *collect)
{
	for (size_t i = 0; collect != NULL && i < collect->options.udp_count; i++) {
		uv_close((uv_handle_t *)&collect->intakes[i].poll, on_closed);
	}
	return NULL;
}

int collect_trap_create(
	const struct collect_trap_options *options, struct collect_trap **ret_collect)
{
	if (options->udp_count == 0 || options->udp_count > COLLECT_TRAP_SOCKETS_MAX ||
		options->user_count > COLLECT_TRAP_USERS_MAX) {
		return E_LIMIT;
	}
	struct collect_trap *collect = calloc(1, sizeof(*collect));
	if (collect == NULL) {
		return -ENOMEM;
	}
	collect->options = *options;
	int rc = 0;
	for (size_t i = 0; i < options->udp_count && rc == 0; i++) {
		rc = prepare(collect, i);
	}
	if (rc < 0) {
		free(collect);
		return rc;
	}
	collect->repeat = trap_repeat_create(options->seed);
	buf_init(&collect->plain, COLLECT_TRAP_OCTETS_MAX);
	for (size_t i = 0; i < options->udp_count; i++) {
		struct intake *intake = &collect->intakes[i];
		/* A bound datagram socket that was just made non-blocking can be watched. */
		if (uv_poll_init(options->loop, &intake->poll, intake->fd) < 0 ||
			uv_poll_start(&intake->poll, UV_READABLE, on_readable) < 0) {
			abort();
		}
		intake->poll.data = intake;
		collect->handles++;
	}
	*ret_collect = collect;
	return 0;
}

const struct collect_trap_counters *collect_trap_counters(const struct collect_trap *collect)
{
	return &collect->counters;
}

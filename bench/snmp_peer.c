/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer of bench-snmp: net-snmp's library in its single-session form, one
 * session a device and one request under way in each, in one thread.  Asks for
 * one column again and again, counts what it gets and keeps none of it.
 *
 * use: snmp-peer ADDRESS:PORT DEVICES SECONDS REPETITIONS
 */
#include <arpa/inet.h>
#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#include "base/num.h"

enum { DEVICES_MAX = 1000 };

static const oid column[] = { 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1 };

struct device {
	void *session;
	int fd;
};

static struct device devices[DEVICES_MAX];
static unsigned long responses;
static unsigned long varbinds;
static unsigned long bad;
static long repetitions;

static void ask(struct device *device)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
	pdu->non_repeaters = 0;
	pdu->max_repetitions = repetitions;
	snmp_add_null_var(pdu, column, OID_LENGTH(column));
	if (snmp_sess_send(device->session, pdu) == 0) {
		snmp_free_pdu(pdu);
		bad++;
	}
}

static int on_answer(
	int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *user)
{
	(void)session;
	(void)id;
	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) {
		bad++;
	} else {
		responses++;
		for (netsnmp_variable_list *v = pdu->variables; v != NULL;
			v = v->next_variable) {
			varbinds++;
		}
	}
	ask(user);
	return 1;
}

static double now_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
	struct rusage use;
	(void)getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int open_all(const char *first, uint64_t count, int epoll)
{
	char host[64];
	const char *colon = strchr(first, ':');
	struct in_addr address;
	if (colon == NULL || colon - first >= (long)sizeof(host)) {
		return -1;
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)(colon - first), first);
	if (inet_pton(AF_INET, host, &address) != 1) {
		return -1;
	}
	for (uint64_t i = 0; i < count; i++) {
		struct in_addr at = { htonl(ntohl(address.s_addr) + (unsigned)i) };
		char peer[64];
		netsnmp_session wanted;
		snmp_sess_init(&wanted);
		(void)snprintf(peer, sizeof(peer), "udp:%s%s", inet_ntoa(at), colon);
		wanted.peername = peer;
		wanted.version = SNMP_VERSION_2c;
		wanted.community = (unsigned char *)strdup("public");
		wanted.community_len = 6;
		wanted.callback = on_answer;
		wanted.callback_magic = &devices[i];
		devices[i].session = snmp_sess_open(&wanted);
		if (devices[i].session == NULL) {
			return -1;
		}
		devices[i].fd = snmp_sess_transport(devices[i].session)->sock;
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &devices[i] };
		(void)epoll_ctl(epoll, EPOLL_CTL_ADD, devices[i].fd, &event);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		return 2;
	}
	uint64_t count = 0;
	uint64_t seconds = 0;
	uint64_t rows = 0;
	if (num_u64(slice_str(argv[2]), DEVICES_MAX, &count) < 0 ||
		num_u64(slice_str(argv[3]), 3600, &seconds) < 0 ||
		num_u64(slice_str(argv[4]), 1000, &rows) < 0) {
		return 2;
	}
	repetitions = (long)rows;
	(void)setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	init_snmp("snmp-peer");
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (open_all(argv[1], count, epoll) < 0) {
		return 3;
	}
	double begin = now_s();
	double begin_cpu = cpu_s();
	for (uint64_t i = 0; i < count; i++) {
		ask(&devices[i]);
	}
	while (now_s() - begin < (double)seconds) {
		struct epoll_event events[64];
		int n = epoll_wait(epoll, events, 64, 100);
		for (int i = 0; i < n; i++) {
			struct device *device = events[i].data.ptr;
			netsnmp_large_fd_set set;
			netsnmp_large_fd_set_init(&set, device->fd + 1);
			netsnmp_large_fd_setfd(device->fd, &set);
			(void)snmp_sess_read2(device->session, &set);
			netsnmp_large_fd_set_cleanup(&set);
		}
		for (uint64_t i = 0; n == 0 && i < count; i++) {
			snmp_sess_timeout(devices[i].session);
		}
	}
	double took = now_s() - begin;
	(void)printf(
		"{\"responses_per_s\":%.0f,\"varbinds_per_s\":%.0f,\"cores\":%.4f,\"bad\":%lu}\n",
		(double)responses / took, (double)varbinds / took, (cpu_s() - begin_cpu) / took,
		bad);
	return 0;
}

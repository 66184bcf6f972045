/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "probe/icmp/ping_priv.h"

/* Replies of one campus-wide round may arrive while the loop is elsewhere. */
enum { RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024 };

int ping_socket(unsigned family)
{
	int fd = family == 4 ? socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
				       IPPROTO_ICMP)
			     : socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
				       IPPROTO_ICMPV6);
	return fd < 0 ? -errno : fd;
}

static int attach_type_filter(int fd, unsigned family)
{
	int rc = 0;
	if (family == 4) {
		struct icmp_filter filter = { .data = ~(1u << ICMP_ECHOREPLY |
							1u << ICMP_DEST_UNREACH |
							1u << ICMP_TIME_EXCEEDED) };
		rc = setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	} else {
		struct icmp6_filter filter;
		ICMP6_FILTER_SETBLOCKALL(&filter);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
		ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filter);
		ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &filter);
		ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &filter);
		rc = setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
	}
	return rc < 0 ? -errno : 0;
}

/* Every raw socket sees every reply on the machine: let the kernel keep those of other programs. */
static int attach_filter(int fd, unsigned family, uint16_t id)
{
	struct sock_filter only4[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /* X = length of the IP header */
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_ECHOREPLY, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 2, 3),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_DEST_UNREACH, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP_TIME_EXCEEDED, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter only6[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_ECHO_REPLY, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			UINT32_MAX), /* errors too: the type filter let only ours by */
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof(only4) / sizeof(only4[0]), only4 };
	if (family == 6) {
		program = (struct sock_fprog) { sizeof(only6) / sizeof(only6[0]), only6 };
	}
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0
		       ? -errno
		       : 0;
}

int ping_prepare_socket(int fd, unsigned family, uint16_t id)
{
	int on = 1;
	int octets = RECEIVE_BUFFER_OCTETS;
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets)) < 0) {
		return -errno;
	}
	/* Much less of the kernel's work than a header it puts together from its parts. */
	if (family == 4 && setsockopt(fd, IPPROTO_IP, IP_HDRINCL, &on, sizeof(on)) < 0) {
		return -errno;
	}
	/* Here, since an inherited socket comes as the parent made it. */
	int rc = attach_type_filter(fd, family);
	return rc < 0 ? rc : attach_filter(fd, family, id);
}

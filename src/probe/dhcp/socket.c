/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "probe/dhcp/dhcp_check.h"
#include "probe/dhcp/dhcp_priv.h"
#include "proto/dhcp.h"

/* An address of our own that nobody sends to. */
static const uint32_t nowhere = 0x7ffffffd;

int dhcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	return fd < 0 ? -errno : fd;
}

/* A raw socket is given every datagram of the machine: from a server's port to a client's or a relay's. */
static int attach_filter(int fd)
{
	struct sock_filter only[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /* X = length of the IP header */
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_PORT_SERVER, 0, 4),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_PORT_SERVER, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_PORT_CLIENT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof(only) / sizeof(only[0]), only };
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0
		       ? -errno
		       : 0;
}

int dhcp_socket_prepare(int fd)
{
	int on = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) < 0) {
		return -errno;
	}
	dhcp_socket_listen(fd, false);
	return attach_filter(fd);
}

void dhcp_socket_listen(int fd, bool on)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(on ? INADDR_ANY : nowhere) } };
	/* Where it cannot be bound it hears more than it need: what is not ours is passed over. */
	(void)!bind(fd, (struct sockaddr *)&at, sizeof(at));
}

int dhcp_socket_send(
	int fd, uint32_t to, uint32_t source, unsigned interface, struct slice octets)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr = { htonl(to) } };
	uint8_t copy[DHCP_MESSAGE_MAX];
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))] = { 0 };
	if (octets.n > sizeof(copy)) {
		return -EMSGSIZE;
	}
	memcpy(copy, octets.p, octets.n);
	struct iovec iov = { copy, octets.n };
	struct msghdr message = { .msg_name = &where,
		.msg_namelen = sizeof(where),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct in_pktinfo info = { .ipi_ifindex = (int)interface,
		.ipi_spec_dst = { htonl(source) } };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = IPPROTO_IP;
	head->cmsg_type = IP_PKTINFO;
	head->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(head), &info, sizeof(info));
	return sendmsg(fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

size_t dhcp_socket_read(int fd, uint8_t *ret_octets, size_t room)
{
	ssize_t n = recv(fd, ret_octets, room, MSG_DONTWAIT);
	return n > 0 ? (size_t)n : 0;
}

int dhcp_socket_error(int fd, uint32_t *ret_about)
{
	struct sockaddr_in about = { 0 };
	uint8_t octets[64];
	_Alignas(struct cmsghdr) uint8_t control[512];
	struct iovec iov = { octets, sizeof(octets) };
	struct msghdr message = { .msg_name = &about,
		.msg_namelen = sizeof(about),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
		return 0;
	}
	*ret_about = ntohl(about.sin_addr.s_addr);
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head != NULL;
		head = CMSG_NXTHDR(&message, head)) {
		struct sock_extended_err error;
		if (head->cmsg_level == IPPROTO_IP && head->cmsg_type == IP_RECVERR &&
			head->cmsg_len >= CMSG_LEN(sizeof(error))) {
			memcpy(&error, CMSG_DATA(head), sizeof(error));
			return (int)error.ee_errno;
		}
	}
	return EIO;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "role/cage_room.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

enum {
	ROOMS_MAX = 64, /* platforms on one machine */
	SCRIPT_MAX = 2048,
	/* Of no user database: plugins share nothing with anybody, not even the right to signal. */
	CAGE_UID_FIRST = 0x70670000,
};

/* 198.18.0.0/15 is for measurements between two hosts and used by no campus. */
static const char host_links[] = "link add fs-cage$n type veth peer name cage0 netns $p\n"
				 "addr add 198.18.86.$h/30 dev fs-cage$n\n"
				 "link set fs-cage$n up\n";
static const char cage_links[] = "link set lo up\n"
				 "addr add 198.18.86.$c/30 dev cage0\n"
				 "link set cage0 up\n"
				 "route add default via 198.18.86.$h\n";

/* Nothing passes but to what is registered, and names; the role fills the sets. */
static const char cage_rules[] =
	"table inet cage {\n"
	" set registered { type ipv4_addr; }\n"
	" set named { type ipv4_addr; flags timeout; }\n"
	" set resolvers { type ipv4_addr; }\n"
	" counter refused { }\n"
	" chain out { type filter hook output priority 0; policy drop;\n"
	"  oifname \"lo\" accept\n"
	"  ct state established,related accept\n"
	"  ip daddr @registered accept\n"
	"  ip daddr @named accept\n"
	"  ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 accept\n"
	"  meta nfproto ipv6 icmpv6 type { nd-neighbor-solicit, nd-router-solicit, mld2-listener-report } drop\n"
	"  counter name refused drop\n"
	" }\n"
	" chain in { type filter hook input priority 0; policy drop;\n"
	"  iifname \"lo\" accept\n"
	"  ct state established,related accept\n"
	" }\n"
	"}\n";
static const char host_rules[] =
	"table ip fengsui_cage$n {}\n"
	"delete table ip fengsui_cage$n\n"
	"table ip fengsui_cage$n {\n"
	" chain forward { type filter hook forward priority -5; policy accept;\n"
	"  iifname \"fs-cage$n\" ip saddr != 198.18.86.$c drop\n"
	"  oifname \"fs-cage$n\" ct state != { established, related } drop\n"
	" }\n"
	" chain postrouting { type nat hook postrouting priority srcnat; policy accept;\n"
	"  ip saddr 198.18.86.$c oifname != \"fs-cage$n\" masquerade\n"
	" }\n"
	"}\n";
/* This machine was no router, and for anybody else it stays none. */
static const char guard_rules[] =
	"table ip fengsui_guard {\n"
	" chain forward { type filter hook forward priority -6; policy accept;\n"
	"  iifname != \"fs-cage*\" oifname != \"fs-cage*\" drop\n"
	" }\n"
	"}\n";

static bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? write(fd, text, strlen(text)) : -1;
	if (fd >= 0) {
		(void)close(fd);
	}
	return n == (ssize_t)strlen(text);
}

/* Between fork and exec. */
NORETURN static void tool_exec(int net, int from, const char *path, char *const argv[])
{
	char *const envp[] = { NULL };
	if ((net < 0 || setns(net, CLONE_NEWNET) == 0) && dup2(from, 0) == 0) {
		(void)execve(path, argv, envp);
	}
	_exit(127);
}

/* ip or nft, in this namespace or that one, with what it reads. */
static bool tool_run(int net, const char *path, const char *option, const char *script)
{
	char word[] = "tool";
	char how[8];
	char rest[] = "-";
	char *const argv[] = { word, how, rest, NULL };
	int fds[2];
	int status = -1;
	(void)snprintf(how, sizeof(how), "%s", option);
	if (pipe2(fds, O_CLOEXEC) < 0) {
		return false;
	}
	/* Shorter than a pipe holds, so nobody waits. */
	bool written = write(fds[1], script, strlen(script)) == (ssize_t)strlen(script);
	(void)close(fds[1]);
	pid_t pid = written ? fork() : -1;
	if (pid == 0) {
		tool_exec(net, fds[0], path, argv);
	}
	(void)close(fds[0]);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

struct room {
	unsigned number;
	pid_t founder;
	int user;
	int net;
};

/* $n the room's number, $h and $c the last octets of its two addresses, $p its founder. */
static void script_fill(struct buf *out, const char *text, const struct room *room)
{
	for (; *text != '\0'; text++) {
		char mark = *text == '$' ? text[1] : '\0';
		unsigned host = 4 * room->number + 1;
		if (mark == 'n' || mark == 'h' || mark == 'c' || mark == 'p') {
			buf_printf(out, "%u",
				mark == 'n'   ? room->number
				: mark == 'h' ? host
				: mark == 'c' ? host + 1
					      : (unsigned)room->founder);
			text++;
		} else {
			buf_put_byte(out, (uint8_t)*text);
		}
	}
}

static bool ip_run(int net, const char *script, const struct room *room)
{
	AUTO_BUF struct buf text;
	buf_init(&text, SCRIPT_MAX);
	script_fill(&text, script, room);
	return tool_run(net, "/usr/sbin/ip", "-b", (const char *)text.p);
}

static bool nft_run(int net, const char *script, const struct room *room)
{
	AUTO_BUF struct buf text;
	buf_init(&text, SCRIPT_MAX);
	script_fill(&text, script, room);
	return tool_run(net, "/usr/sbin/nft", "-f", (const char *)text.p);
}

/* ---- the namespaces, made by the platform's user and kept by a process until they are held */

NORETURN static void founder(const struct handles *h, int said, int heard)
{
	char octet = 0;
	unsigned cage_uid = 0;
	char groups[48];
	bool made = setgroups(0, NULL) == 0 && setresgid(h->gid, h->gid, h->gid) == 0 &&
		    setresuid(h->uid, h->uid, h->uid) == 0 &&
		    unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (!made || write(said, &octet, 1) != 1 ||
		read(heard, &cage_uid, sizeof(cage_uid)) != sizeof(cage_uid)) {
		_exit(1);
	}
	/* ping without a right of its own: echo requests for the plugins' group. */
	(void)snprintf(groups, sizeof(groups), "%u %u", cage_uid, cage_uid);
	_exit(file_write("/proc/sys/net/ipv4/ping_group_range", groups) ? 0 : 1);
}

static bool map_write(pid_t pid, const char *what, unsigned own, unsigned cage_uid)
{
	char path[64];
	char text[96];
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	(void)snprintf(text, sizeof(text), "%u %u 1\n%u %u 1\n", own, own, cage_uid, cage_uid);
	return file_write(path, text);
}

static int space_open(pid_t pid, const char *what)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, what);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* The first number that is free on this machine, and a cable to it. */
static bool link_make(struct room *room)
{
	char name[32];
	do {
		(void)snprintf(name, sizeof(name), "fs-cage%u", room->number);
	} while (if_nametoindex(name) != 0 && ++room->number < ROOMS_MAX);
	return room->number < ROOMS_MAX && ip_run(-1, host_links, room) &&
	       ip_run(room->net, cage_links, room);
}

static const char *room_make(struct handles *h, struct room *room, int heard, int say)
{
	char octet = 0;
	if (read(heard, &octet, 1) != 1) {
		return "cage.no_namespace";
	}
	room->user = space_open(room->founder, "user");
	room->net = space_open(room->founder, "net");
	if (room->user < 0 || room->net < 0) {
		return "cage.no_namespace";
	}
	if (!nft_run(room->net, cage_rules, room)) {
		return "cage.no_rules";
	}
	if (!link_make(room)) {
		return "cage.no_link";
	}
	h->cage_uid = CAGE_UID_FIRST + room->number;
	bool mapped = map_write(room->founder, "uid_map", h->uid, h->cage_uid) &&
		      map_write(room->founder, "gid_map", h->gid, h->cage_uid) &&
		      write(say, &h->cage_uid, sizeof(h->cage_uid)) == sizeof(h->cage_uid);
	return mapped ? NULL : "cage.no_namespace";
}

static const char *room_found(struct handles *h, struct room *room)
{
	int said[2];
	int heard[2];
	int status = 0;
	if (pipe2(said, O_CLOEXEC) < 0) {
		return "cage.no_namespace";
	}
	if (pipe2(heard, O_CLOEXEC) < 0) {
		(void)close(said[0]);
		(void)close(said[1]);
		return "cage.no_namespace";
	}
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(said[0]);
		(void)close(heard[1]);
		founder(h, said[1], heard[0]);
	}
	room->founder = pid;
	(void)close(said[1]);
	(void)close(heard[0]);
	const char *why = pid > 0 ? room_make(h, room, said[0], heard[1]) : "cage.no_namespace";
	(void)close(said[0]);
	(void)close(heard[1]);
	bool well = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
	return why != NULL || well ? why : "cage.no_namespace";
}

/* What the cage sends, this machine passes on; answers come back and nothing else does. */
static bool way_open(const struct room *room)
{
	static const char forwarding[] = "/proc/sys/net/ipv4/ip_forward";
	char now = '1';
	int fd = open(forwarding, O_RDONLY | O_CLOEXEC);
	bool known = fd >= 0 && read(fd, &now, 1) == 1;
	if (fd >= 0) {
		(void)close(fd);
	}
	if (!known || !nft_run(-1, host_rules, room)) {
		return false;
	}
	return now == '1' || (nft_run(-1, guard_rules, room) && file_write(forwarding, "1"));
}

static const char *make(const struct config *config, struct handles *h)
{
	struct room room = { .user = -1, .net = -1 };
	if (config->plugins[0] == '\0') {
		return "cage.off";
	}
	if (geteuid() != 0) {
		return "cage.not_root";
	}
	if (handles_get(h, "plugins") < 0) {
		return "cage.no_plugins";
	}
	if (access("/usr/sbin/ip", X_OK) < 0 || access("/usr/sbin/nft", X_OK) < 0) {
		return "cage.no_program";
	}
	const char *why = room_found(h, &room);
	if (why == NULL && !way_open(&room)) {
		why = "cage.no_rules";
	}
	if (why == NULL) {
		handles_keep(h, "cage_user", room.user);
		handles_keep(h, "cage_net", room.net);
		return NULL;
	}
	if (room.user >= 0) {
		(void)close(room.user);
	}
	if (room.net >= 0) {
		(void)close(room.net);
	}
	return why;
}

void cage_room_make(const struct config *config, struct handles *h)
{
	int folder = config->plugins[0] != '\0'
			     ? open(config->plugins, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			     : -1;
	if (folder >= 0) {
		handles_keep(h, "plugins", folder);
	}
	h->cage_why = make(config, h);
	if (h->cage_why != NULL) {
		log_event(LOG_INFO, "cage.unavailable", F_STR("why", h->cage_why));
	}
}

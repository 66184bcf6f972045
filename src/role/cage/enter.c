/* SPDX-License-Identifier: Apache-2.0 */
#include "role/cage/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

static int rights_keep(void)
{
	static const unsigned kept[] = { CAP_NET_ADMIN, CAP_SETUID, CAP_SETGID, CAP_KILL };
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		data[0].effective |= 1U << kept[i];
	}
	data[0].permitted = data[0].effective;
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

/* Empty, unseen by anybody else, and on what every machine has. */
#define STAGE "/mnt"

static bool text_put(const char *path, const char *text)
{
	size_t n = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, text, n) == (ssize_t)n && fchmod(fd, 0644) == 0;
	if (fd >= 0) {
		(void)close(fd);
	}
	return good;
}

/* libpq and ssh refuse to work for somebody without a name. */
static bool name_give(unsigned uid)
{
	char passwd[96];
	char group[48];
	(void)snprintf(passwd, sizeof(passwd),
		"plugin:x:%u:%u::/nonexistent:/usr/sbin/nologin\n", uid, uid);
	(void)snprintf(group, sizeof(group), "plugin:x:%u:\n", uid);
	return text_put(STAGE "/passwd", passwd) && text_put(STAGE "/group", group) &&
	       mount(STAGE "/passwd", "/etc/passwd", NULL, MS_BIND, NULL) == 0 &&
	       mount(STAGE "/group", "/etc/group", NULL, MS_BIND, NULL) == 0;
}

/* A descriptor of the old namespace leads back there, so its path is walked anew in the new one. */
static bool path_of(int folder, char ret_path[PATH_MAX])
{
	char link[64];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	ssize_t n = folder >= 0 ? readlink(link, ret_path, PATH_MAX - 1) : -1;
	ret_path[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static int folder_open(const char *path, int otherwise)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : otherwise;
}

static bool site_move(int tree, struct cage_entry *entry)
{
	bool moved =
		mkdir(STAGE "/plugins", 0755) == 0 &&
		move_mount(tree, "", AT_FDCWD, STAGE "/plugins", MOVE_MOUNT_F_EMPTY_PATH) == 0;
	entry->site = moved ? folder_open(STAGE "/plugins", entry->site) : entry->site;
	return moved;
}

static bool stage_set(struct cage_entry *entry)
{
	char path[PATH_MAX];
	int tree = -1;
	if (unshare(CLONE_NEWNS) < 0) {
		return false;
	}
	if (path_of(entry->site, path)) {
		tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	}
	if (path_of(entry->plugins, path)) {
		entry->plugins = folder_open(path, entry->plugins);
	}
	bool set = mount("plugins", STAGE, "tmpfs", MS_NOSUID | MS_NODEV,
			   "mode=0755,size=64k") == 0 &&
		   name_give(entry->uid) && (tree < 0 || site_move(tree, entry));
	if (tree >= 0) {
		(void)close(tree);
	}
	return set;
}

int cage_enter(struct cage_entry *entry)
{
	if (setns(entry->user, CLONE_NEWUSER) < 0 || setns(entry->net, CLONE_NEWNET) < 0) {
		return -errno;
	}
	if (!stage_set(entry)) {
		log_event(LOG_WARNING, "cage.no_stage", F_STR("why", err_text(-errno)));
	}
	int error = rights_keep();
	/* A change of rights forgets it. */
	if (error == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		error = -errno;
	}
	return error;
}

size_t cage_paths(const int folders[2], struct fence_path *ret_list)
{
	static const char *const programs[] = { "/usr", "/bin", "/sbin", "/lib", "/lib64" };
	static const char *const texts[] = { "/etc/ssl", "/etc/ld.so.cache",
		"/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
		"/etc/passwd", "/etc/group", "/etc/services", "/etc/protocols",
		"/etc/localtime", "/etc/alternatives", "/proc/loadavg", "/proc/meminfo",
		"/proc/uptime", "/proc/stat", "/dev/urandom", "/dev/zero" };
	size_t n = 0;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		ret_list[n++] = (struct fence_path) { -1, programs[i], FENCE_RUN };
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ret_list[n++] = (struct fence_path) { -1, texts[i], FENCE_READ };
	}
	ret_list[n++] = (struct fence_path) { -1, "/dev/null", FENCE_READ | FENCE_WRITE };
	for (size_t i = 0; i < 2; i++) {
		if (folders[i] >= 0) {
			ret_list[n++] = (struct fence_path) { folders[i], NULL, FENCE_RUN };
		}
	}
	return n;
}

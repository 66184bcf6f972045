/* SPDX-License-Identifier: Apache-2.0 */
#include "role/handles.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "sys/lock.h"
#include "sys/rand.h"

enum { MASTER_KEY_OCTETS = 32, LISTEN_BACKLOG = 1024, SYSLOG_RECEIVE_OCTETS = 8 * 1024 * 1024 };

static void keep(struct handles *h, const char *name, int fd)
{
	if (h->count < HANDLES_MAX) {
		(void)snprintf(h->item[h->count].name, sizeof(h->item[0].name), "%s", name);
		h->item[h->count++].fd = fd;
	}
}

void handles_keep(struct handles *handles, const char *name, int fd)
{
	keep(handles, name, fd);
}

int handles_get(const struct handles *handles, const char *name)
{
	for (size_t i = 0; i < handles->count; i++) {
		if (slice_is(slice_str(handles->item[i].name), name)) {
			return handles->item[i].fd;
		}
	}
	return -1;
}

/* "ADDR:PORT", "[V6]:PORT". */
static int address_parse(
	const char *text, struct sockaddr_storage *ret, socklen_t *ret_len, bool *ret_loopback)
{
	const char *colon = strrchr(text, ':');
	uint64_t port = 0;
	char host[INET6_ADDRSTRLEN + 2];
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
		num_u64(slice_str(colon + 1), 65535, &port) < 0) {
		return E_FORMAT;
	}
	size_t n = (size_t)(colon - text);
	memcpy(host, text, n);
	host[n] = '\0';
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(ret, &v4, sizeof(v4));
		*ret_len = sizeof(v4);
		*ret_loopback = (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
		return 0;
	}
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		if (inet_pton(AF_INET6, host + 1, &v6.sin6_addr) == 1) {
			memcpy(ret, &v6, sizeof(v6));
			*ret_len = sizeof(v6);
			*ret_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
			return 0;
		}
	}
	return E_FORMAT;
}

static int socket_listen(
	const char *address, int type, bool loopback_only, int *ret_fd, struct diag *diag)
{
	struct sockaddr_storage at;
	socklen_t at_len = 0;
	bool loopback = false;
	if (address_parse(address, &at, &at_len, &loopback) < 0) {
		return diag_set(diag, E_FORMAT, 0, 0, "'%s' is not ADDRESS:PORT", address);
	}
	if (loopback_only && !loopback) {
		return diag_set(diag, E_DENIED, 0, 0,
			"plain HTTP listens on loopback only; use tls_listen for %s", address);
	}
	int fd = socket(at.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return diag_set(diag, -errno, 0, 0, "%s: %s", address, err_text(-errno));
	}
	int one = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (type == SOCK_DGRAM) {
		int octets = SYSLOG_RECEIVE_OCTETS;
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets)) < 0) {
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
		}
		(void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof(one));
	} else {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	}
	if (bind(fd, (struct sockaddr *)&at, at_len) < 0 ||
		(type == SOCK_STREAM && listen(fd, LISTEN_BACKLOG) < 0)) {
		int error = -errno;
		(void)close(fd);
		return diag_set(diag, error, 0, 0, "%s: %s", address, err_text(error));
	}
	*ret_fd = fd;
	return 0;
}

static int sockets_open(const struct config *c, struct handles *h, struct diag *diag)
{
	int fd = -1;
	int error = socket_listen(c->listen, SOCK_STREAM, true, &fd, diag);
	if (error < 0) {
		return error;
	}
	keep(h, "http", fd);
	if (c->tls_listen[0] != '\0') {
		error = socket_listen(c->tls_listen, SOCK_STREAM, false, &fd, diag);
		if (error < 0) {
			return error;
		}
		keep(h, "https", fd);
	}
	if (c->syslog[0] != '\0') {
		/* Someone else's syslog daemon may hold the port: then we run without, and say so. */
		if (socket_listen(c->syslog, SOCK_DGRAM, false, &fd, NULL) == 0) {
			keep(h, "syslog_udp", fd);
		}
		if (socket_listen(c->syslog, SOCK_STREAM, false, &fd, NULL) == 0) {
			keep(h, "syslog_tcp", fd);
		}
	}
	if (c->traps[0] != '\0' && socket_listen(c->traps, SOCK_DGRAM, false, &fd, NULL) == 0) {
		keep(h, "trap_udp", fd);
	}
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
	if (fd >= 0) {
		keep(h, "icmp4", fd);
	}
	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
	if (fd >= 0) {
		keep(h, "icmp6", fd);
	}
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
	if (fd >= 0) {
		keep(h, "dhcp4", fd);
	}
	return 0;
}

static int folder_open(int at, const char *name, int *ret_fd)
{
	if (mkdirat(at, name, 0750) < 0 && errno != EEXIST) {
		return -errno;
	}
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

/* Before anything in it is opened: two services on one folder would count records twice. */
static int data_lock(const struct config *c, int data, struct handles *h, struct diag *diag)
{
	int fd = -1;
	long pid = 0;
	int error = lock_take(data, &fd, &pid);
	if (error == E_BUSY) {
		return diag_set(diag, error, 0, 0,
			"the data folder %s is served by process %ld already", c->data, pid);
	}
	if (error < 0) {
		return diag_set(
			diag, error, 0, 0, "%s/" LOCK_FILE ": %s", c->data, err_text(error));
	}
	keep(h, "lock", fd);
	return 0;
}

static int data_open(const struct config *c, struct handles *h, struct diag *diag)
{
	static const char *const folders[] = { "tail", "blobs", "run", "site", "backup" };
	int data = -1;
	int error = folder_open(AT_FDCWD, c->data, &data);
	if (error < 0) {
		return diag_set(
			diag, error, 0, 0, "data folder %s: %s", c->data, err_text(error));
	}
	keep(h, "data", data);
	error = data_lock(c, data, h, diag);
	if (error < 0) {
		return error;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd = -1;
		error = folder_open(data, folders[i], &fd);
		if (error < 0) {
			return diag_set(diag, error, 0, 0, "%s/%s: %s", c->data, folders[i],
				err_text(error));
		}
		keep(h, folders[i], fd);
	}
	return 0;
}

/* Outside the data folder, so that a copy of the folder does not carry it. */
static int key_open(const struct config *c, struct handles *h, struct diag *diag)
{
	char path[PATH_MAX];
	size_t n = strlen(c->data);
	while (n > 1 && c->data[n - 1] == '/') {
		n--;
	}
	if (c->key_file[0] != '\0') {
		(void)snprintf(path, sizeof(path), "%s", c->key_file);
	} else {
		(void)snprintf(path, sizeof(path), "%.*s.key", (int)n, c->data);
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		uint8_t key[MASTER_KEY_OCTETS];
		rand_octets(key, sizeof(key));
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 && (write(fd, key, sizeof(key)) != sizeof(key) || fsync(fd) < 0)) {
			(void)close(fd);
			fd = -1;
		}
		explicit_bzero(key, sizeof(key));
	}
	struct stat st = { 0 };
	if (fd < 0 || fstat(fd, &st) < 0) {
		return diag_set(
			diag, -errno, 0, 0, "master key %s: %s", path, err_text(-errno));
	}
	if (st.st_size != MASTER_KEY_OCTETS) {
		(void)close(fd);
		return diag_set(diag, E_FORMAT, 0, 0, "master key %s: must be %d octets", path,
			MASTER_KEY_OCTETS);
	}
	keep(h, "key", fd);
	return 0;
}

static int owner_find(struct handles *h, struct diag *diag)
{
	struct stat st = { 0 };
	if (fstat(handles_get(h, "data"), &st) < 0) {
		return -errno;
	}
	h->uid = geteuid() != 0 ? geteuid() : st.st_uid;
	h->gid = geteuid() != 0 ? getegid() : st.st_gid;
	if (h->uid != 0) {
		return 0;
	}
	const struct passwd *user = getpwnam("fengsui");
	if (user == NULL) {
		return diag_set(diag, E_ABSENT, 0, 0,
			"started as root: create the user fengsui, or give the data folder to another user");
	}
	h->uid = user->pw_uid;
	h->gid = user->pw_gid;
	return 0;
}

/* Give a fresh folder tree to the user; an older one was given already. */
static int owner_set(const struct handles *h)
{
	if (geteuid() != 0) {
		return 0;
	}
	for (size_t i = 0; i < h->count; i++) {
		struct stat st = { 0 };
		int fd = h->item[i].fd;
		bool ours = fstat(fd, &st) == 0 &&
			    (S_ISDIR(st.st_mode) || fd == handles_get(h, "lock"));
		if (ours && st.st_uid != h->uid && fchown(fd, h->uid, h->gid) < 0) {
			return -errno;
		}
	}
	return 0;
}

static int control_open(const struct config *c, struct handles *h, struct diag *diag)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/control.sock",
		handles_get(h, "run"));
	h->control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (h->control < 0 || n < 0) {
		return diag_set(diag, -errno, 0, 0, "control socket: %s", err_text(-errno));
	}
	(void)unlinkat(handles_get(h, "run"), "control.sock", 0);
	if (bind(h->control, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(h->control, 16) < 0) {
		return diag_set(diag, -errno, 0, 0, "%s/run/control.sock: %s", c->data,
			err_text(-errno));
	}
	(void)fchmodat(handles_get(h, "run"), "control.sock", 0600, 0);
	(void)fchownat(handles_get(h, "run"), "control.sock", h->uid, h->gid, 0);
	return 0;
}

static int programs_open(struct handles *h, struct diag *diag)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0) {
		return diag_set(diag, -errno, 0, 0, "own program: %s", err_text(-errno));
	}
	self[n] = '\0';
	char *slash = strrchr(self, '/');
	if (slash != NULL) {
		*slash = '\0';
	}
	int folder = open(self, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		return diag_set(diag, -errno, 0, 0, "%s: %s", self, err_text(-errno));
	}
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		h->program[i] =
			openat(folder, ipc_role_name((enum ipc_role)i), O_RDONLY | O_CLOEXEC);
	}
	(void)close(folder);
	return 0;
}

int handles_open(const struct config *config, struct handles *ret, struct diag *diag)
{
	struct handles h = { .control = -1 };
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		h.program[i] = -1;
	}
	int error = data_open(config, &h, diag);
	error = error < 0 ? error : key_open(config, &h, diag);
	error = error < 0 ? error : owner_find(&h, diag);
	error = error < 0 ? error : owner_set(&h);
	error = error < 0 ? error : control_open(config, &h, diag);
	error = error < 0 ? error : sockets_open(config, &h, diag);
	error = error < 0 ? error : programs_open(&h, diag);
	if (error == 0 && config->share[0] != '\0') {
		int share = open(config->share, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (share < 0) {
			error = diag_set(
				diag, -errno, 0, 0, "%s: %s", config->share, err_text(-errno));
		}
		keep(&h, "share", share);
	}
	if (error < 0) {
		handles_close(&h);
		return error;
	}
	*ret = h;
	return 0;
}

void handles_close(struct handles *handles)
{
	for (size_t i = 0; i < handles->count; i++) {
		if (handles->item[i].fd >= 0) {
			(void)close(handles->item[i].fd);
		}
	}
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		if (handles->program[i] >= 0) {
			(void)close(handles->program[i]);
		}
	}
	if (handles->control >= 0) {
		(void)close(handles->control);
	}
	*handles = (struct handles) { .control = -1 };
}

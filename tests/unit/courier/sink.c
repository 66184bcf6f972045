/* SPDX-License-Identifier: Apache-2.0 */
#include "sink.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/num.h"

static void path_of(const struct sink *sink, const char *name, char ret_path[128])
{
	(void)snprintf(ret_path, 128, "%s/%s", sink->folder, name);
}

static void certificate_make(const struct sink *sink)
{
	char key[128];
	char cert[128];
	int status = 0;
	path_of(sink, "key", key);
	path_of(sink, "cert", cert);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		(void)dup2(null, 2);
		(void)execlp("openssl", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
			"ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
			"/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
			key, "-out", cert, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void run(const struct sink *sink, const char *script, bool tls, int out)
{
	char key[128];
	char cert[128];
	path_of(sink, "key", key);
	path_of(sink, "cert", cert);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no server behind */
	(void)dup2(out, 1);
	if (tls) {
		(void)execlp("python3", "python3", script, "--dir", sink->folder, "--cert",
			cert, "--key", key, NULL);
	} else {
		(void)execlp("python3", "python3", script, "--dir", sink->folder, NULL);
	}
	_exit(127);
}

void sink_start(struct sink *sink, const char *script, bool tls)
{
	char line[128] = "";
	int out[2];
	uint64_t port = 0;
	(void)snprintf(sink->folder, sizeof(sink->folder), "/tmp/fengsui-sink-XXXXXX");
	assert_non_null(mkdtemp(sink->folder));
	if (tls) {
		certificate_make(sink);
	}
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	sink->pid = fork();
	assert_true(sink->pid >= 0);
	if (sink->pid == 0) {
		run(sink, script, tls, out[1]);
	}
	(void)close(out[1]);
	size_t n = 0;
	while (n + 1 < sizeof(line) && memchr(line, '\n', n) == NULL) {
		ssize_t got = read(out[0], line + n, sizeof(line) - 1 - n);
		assert_true(got > 0);
		n += (size_t)got;
	}
	(void)close(out[0]);
	const char *colon = strrchr(line, ':');
	assert_non_null(colon);
	assert_int_equal(num_u64(slice_trim(slice_str(colon + 1)), UINT16_MAX, &port), 0);
	sink->port = (uint16_t)port;
}

void sink_stop(struct sink *sink)
{
	DIR *folder = opendir(sink->folder);
	const struct dirent *entry = NULL;
	(void)kill(sink->pid, SIGKILL);
	(void)waitpid(sink->pid, NULL, 0);
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		(void)unlinkat(dirfd(folder), entry->d_name, 0);
	}
	(void)closedir(folder);
	(void)rmdir(sink->folder);
}

void sink_mode(const struct sink *sink, const char *mode)
{
	char path[128];
	path_of(sink, "mode", path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, mode, strlen(mode)), strlen(mode));
	(void)close(fd);
}

bool sink_read(const struct sink *sink, const char *name, char *ret_text, size_t room)
{
	char path[128];
	path_of(sink, name, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	ssize_t n = read(fd, ret_text, room - 1);
	(void)close(fd);
	assert_true(n >= 0);
	ret_text[n] = '\0';
	return true;
}

unsigned sink_count(const struct sink *sink)
{
	DIR *folder = opendir(sink->folder);
	const struct dirent *entry = NULL;
	unsigned count = 0;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		struct slice name = slice_str(entry->d_name);
		count += slice_ends(name, SLICE(".eml")) && name.p[0] != '.' ? 1 : 0;
	}
	(void)closedir(folder);
	return count;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/commands.h"
#include "sys/ipc.h"

static int ask(const char *data, uint8_t *buffer, struct msg_status_answer *ret_answer)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/control.sock", data);
	if (n < 0 || (size_t)n >= sizeof(at.sun_path)) {
		return -ENAMETOOLONG;
	}
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}
	struct ipc_frame frame = { .fd = -1 };
	int error = connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ? -errno : 0;
	error = error < 0 ? error
			  : ipc_send_now(fd, MSG_STATUS_ASK, 1, (struct slice) { 0 }, -1);
	error = error < 0 ? error : ipc_receive_now(fd, IPC_CLI, IPC_PARENT, buffer, &frame);
	error = error < 0 ? error : msg_status_answer_decode(frame.payload, ret_answer);
	(void)close(fd);
	return error;
}

static void table_print(const struct json *root)
{
	(void)printf("%-9s %-11s %8s %8s  %s\n", "role", "state", "pid", "restarts", "sandbox");
	for (const struct json *r = json_first(json_get(root, "roles")); r != NULL;
		r = json_next(r)) {
		(void)printf("%-9.*s %-11.*s %8lld %8lld  %.*s\n",
			SLICE_FMT(json_get_str(r, "role")), SLICE_FMT(json_get_str(r, "state")),
			(long long)json_get_int(r, "pid", 0),
			(long long)json_get_int(r, "restarts", 0),
			SLICE_FMT(json_get_str(r, "sandbox")));
	}
}

/* 1 unless every role that exists is up. */
static int verdict(const struct json *root)
{
	for (const struct json *r = json_first(json_get(root, "roles")); r != NULL;
		r = json_next(r)) {
		if (!slice_is(json_get_str(r, "state"), "up")) {
			return 1;
		}
	}
	return 0;
}

int cli_status(int argc, char **argv)
{
	static const struct option options[] = { { "data", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	const char *data = "/var/lib/fengsui";
	bool json = false;
	for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == '?') {
			return 2;
		}
		data = c == 'd' ? optarg : data;
		json = json || c == 'j';
	}
	uint8_t *buffer = malloc(IPC_FRAME_OCTETS_MAX);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct msg_status_answer answer = { 0 };
	const struct json *root = NULL;
	int error = buffer == NULL ? -ENOMEM : ask(data, buffer, &answer);
	error = error < 0 ? error : json_parse(arena, answer.json, 0, &root, NULL);
	int result = 3;
	if (error < 0) {
		(void)fprintf(stderr, "fengsui: status: %s (%s/run/control.sock)\n",
			err_text(error), data);
	} else {
		result = verdict(root);
		if (json) {
			(void)printf("%.*s\n", SLICE_FMT(answer.json));
		} else {
			table_print(root);
		}
	}
	free(buffer);
	return result;
}

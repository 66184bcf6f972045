/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/decode_trap.h"
#include "collect/packs.h"
#include "proto/logfields.h"
#include "proto/syslog.h"
#include "proto/syslog_frame.h"
#include "proto/syslog_json.h"
#include "sys/clock.h"

enum { READ_OCTETS = 64 * 1024, LINE_MAX_OCTETS = 4 * 1024 * 1024, UP_MAX = 5 };

struct decode {
	const char *file;
	const char *packs_dir; /* NULL = look beside the program */
	struct slice source;
	struct logfields *packs;
	struct arena *arena;
	struct buf out;
	struct syslog_context context;
	uint64_t number; /* of the message, from 1 */
	uint64_t bad;
};

/* decoders/ of a checkout or share/fengsui/decoders of a prefix, above the program. */
static int packs_beside_program(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	for (int up = 0; up < UP_MAX; up++) {
		char *slash = strrchr(path, '/');
		if (slash == NULL) {
			break;
		}
		*slash = '\0';
		static const char *const tails[] = { "/decoders", "/share/fengsui/decoders" };
		for (size_t i = 0; i < 2; i++) {
			char dir[4200];
			(void)snprintf(dir, sizeof(dir), "%s%s", path, tails[i]);
			int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (fd >= 0) {
				return fd;
			}
		}
	}
	return open("/usr/share/fengsui/decoders", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int load_packs(struct decode *decode)
{
	int fd = decode->packs_dir != NULL
			 ? open(decode->packs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			 : packs_beside_program();
	if (fd < 0 && decode->packs_dir != NULL) {
		(void)fprintf(stderr, "%s: %s\n", decode->packs_dir, strerror(errno));
		return 1;
	}
	struct diag_list diags;
	diag_list_init(&diags);
	int rules = packs_load(fd, -1, decode->packs, &diags);
	for (size_t i = 0; i < diags.count; i++) {
		(void)fprintf(stderr, "%s: offset %" PRIu64 ": %s\n", diags.items[i].source,
			diags.items[i].offset, diags.items[i].text);
	}
	int status = rules < 0 || diags.count > 0;
	diag_list_fini(&diags);
	if (fd >= 0) {
		(void)close(fd);
	}
	return status;
}

static void name_bad(struct decode *decode, const struct diag *diag)
{
	decode->bad++;
	(void)fprintf(stderr, "%s: record %" PRIu64 ", octet %" PRIu64 ": %s\n", decode->file,
		decode->number, diag->offset, diag->text);
}

static void put(struct decode *decode, struct slice raw)
{
	decode->number++;
	arena_reset(decode->arena);
	buf_clear(&decode->out);
	struct syslog_msg msg = { 0 };
	struct diag diag = { 0 };
	if (syslog_parse(decode->arena, raw, &decode->context, &msg, &diag) < 0) {
		name_bad(decode, &diag);
	}
	struct logfields_answer answer = { 0 };
	bool found = logfields_match(decode->packs, msg.app, msg.msg, &answer) == 1;
	syslog_put_json(&decode->out, &msg, found ? &answer : NULL, decode->source);
	buf_put_byte(&decode->out, '\n');
	(void)fwrite(decode->out.p, 1, decode->out.n, stdout);
}

static int read_all(struct decode *decode, int fd)
{
	static uint8_t octets[READ_OCTETS];
	struct syslog_frame frame;
	syslog_frame_init(&frame, LINE_MAX_OCTETS);
	struct slice raw = { 0 };
	ssize_t n = 0;
	while ((n = read(fd, octets, sizeof(octets))) > 0 || (n < 0 && errno == EINTR)) {
		struct slice in = slice_of(octets, n < 0 ? 0 : (size_t)n);
		while (syslog_frame_next(&frame, &in, &raw) == 1) {
			put(decode, raw);
		}
	}
	int error = n < 0 ? errno : 0;
	int last = syslog_frame_end(&frame, &raw);
	if (last != 0) {
		put(decode, raw);
	}
	if (last == E_SHORT) {
		struct diag diag = { 0 };
		(void)diag_set(&diag, last, 0, raw.n, "the file ends inside a counted message");
		name_bad(decode, &diag);
	}
	decode->bad += frame.cut + frame.refused;
	syslog_frame_fini(&frame);
	if (error != 0) {
		(void)fprintf(stderr, "%s: %s\n", decode->file, strerror(error));
	}
	return error != 0;
}

static int run(struct decode *decode)
{
	int fd = strcmp(decode->file, "-") == 0 ? STDIN_FILENO
						: open(decode->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)fprintf(stderr, "%s: %s\n", decode->file, strerror(errno));
		return 1;
	}
	decode->packs = logfields_create();
	decode->arena = arena_create(0);
	buf_init(&decode->out, 8 * LINE_MAX_OCTETS);
	decode->context.recv_ms = clock_unix_ms();
	decode->context.offset_min = CIVIL_CHINA_OFFSET_MIN;
	/* Without it a line in GB18030 shows its odd octets as U+FFFD. */
	bool no_gb = gb18030_init() < 0;
	int status = load_packs(decode);
	status |= read_all(decode, fd);
	status |= decode->bad > 0 || no_gb;
	if (fflush(stdout) != 0) {
		status = 1;
	}
	buf_fini(&decode->out);
	decode->arena = arena_destroy(decode->arena);
	decode->packs = logfields_destroy(decode->packs);
	if (fd != STDIN_FILENO) {
		(void)close(fd);
	}
	return status;
}

static int usage(void)
{
	(void)fprintf(stderr,
		"usage: fengsui decode syslog [--source ADDR] [--packs DIR] FILE\n"
		"       fengsui decode trap [--port N] FILE.pcap\n");
	return 2;
}

int cli_decode(int argc, char **argv)
{
	struct decode decode = { 0 };
	if (argc > 2 && strcmp(argv[1], "trap") == 0) {
		return cli_decode_trap(argc - 1, argv + 1);
	}
	if (argc < 3 || strcmp(argv[1], "syslog") != 0) {
		return usage();
	}
	for (int i = 2; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--source") == 0 && more) {
			decode.source = slice_str(argv[++i]);
		} else if (strcmp(argv[i], "--packs") == 0 && more) {
			decode.packs_dir = argv[++i];
		} else if (decode.file == NULL && (argv[i][0] != '-' || argv[i][1] == '\0')) {
			decode.file = argv[i];
		} else {
			return usage();
		}
	}
	return decode.file == NULL ? usage() : run(&decode);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/snmp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/share.h"
#include "probe/snmp/device.h"
#include "probe/snmp/profile.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

enum { RECORDING_OCTETS_MAX = 256 * 1024 * 1024, JSON_OCTETS_MAX = 256 * 1024 * 1024 };

struct identify {
	const char *file;
	const char *profiles_dir; /* NULL = beside the program */
	const char *site_dir;
	bool bad;
};

static void name_bad(struct identify *identify, const char *what, const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		(void)fprintf(stderr, "fengsui: %s: %s (line %" PRIu64 ", octet %" PRIu64 ")\n",
			diag->source[0] != '\0' ? diag->source : what, diag->text, diag->line,
			diag->offset);
		identify->bad = true;
	}
	if (diags->refused > 0) {
		(void)fprintf(stderr, "fengsui: %s: %zu more\n", what, diags->refused);
	}
}

static int folder_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)fprintf(stderr, "fengsui: %s: %s\n", path, strerror(errno));
	}
	return fd;
}

static int profiles_take(struct identify *identify, struct profiles *profiles)
{
	char beside[PATH_MAX] = "";
	struct diag_list diags;
	if (identify->profiles_dir == NULL && share_find("profiles", beside) < 0) {
		(void)fprintf(stderr, "fengsui: profiles: not beside the program\n");
		return E_ABSENT;
	}
	int own = folder_open(identify->profiles_dir != NULL ? identify->profiles_dir : beside);
	int site = identify->site_dir == NULL ? -1 : folder_open(identify->site_dir);
	diag_list_init(&diags);
	int loaded = profiles_read(own, site, profiles, &diags);
	name_bad(identify, "profiles", &diags);
	diag_list_fini(&diags);
	if (own >= 0) {
		(void)close(own);
	}
	if (site >= 0) {
		(void)close(site);
	}
	return own < 0 || (site < 0 && identify->site_dir != NULL) ? E_ABSENT : loaded;
}

static int recording_read(const char *file, struct buf *text)
{
	int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;
	while (error == 0) {
		uint8_t *room = buf_reserve(text, 64 * 1024);
		ssize_t n = room == NULL ? -1 : read(fd, room, 64 * 1024);
		if (n == 0) {
			break;
		}
		if (n > 0) {
			buf_commit(text, (size_t)n);
		} else if (room == NULL || errno != EINTR) {
			error = room == NULL ? E_LIMIT : -errno;
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return error;
}

static int identify_put(
	struct identify *identify, const struct profiles *profiles, struct slice recording)
{
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf json;
	struct diag_list diags;
	struct device device = { 0 };
	diag_list_init(&diags);
	(void)!snmprec_parse(recording, table, &diags);
	name_bad(identify, identify->file, &diags);
	diag_list_fini(&diags);
	device_identify(profiles, table, arena, &device);
	if (device.refused > 0 || device.cut_short) {
		(void)fprintf(stderr, "fengsui: %s: more than is looked at in one device\n",
			identify->file);
		identify->bad = true;
	}
	buf_init(&json, JSON_OCTETS_MAX);
	device_put_json(&json, &device);
	buf_put_byte(&json, '\n');
	if (json.failed || fwrite(json.p, 1, json.n, stdout) != json.n || fflush(stdout) != 0) {
		(void)fprintf(stderr, "fengsui: standard output: cannot be written\n");
		return 3;
	}
	return identify->bad ? 1 : 0;
}

static int run(struct identify *identify)
{
	AUTO_BUF struct buf recording;
	struct profiles *profiles = profiles_create();
	int status = 3;
	buf_init(&recording, RECORDING_OCTETS_MAX);
	/* Without it a text in GB18030 shows its odd octets as U+FFFD. */
	(void)!gb18030_init();
	int error = recording_read(identify->file, &recording);
	if (error < 0) {
		(void)fprintf(stderr, "fengsui: %s: %s\n", identify->file, err_text(error));
	} else if (profiles_take(identify, profiles) >= 0) {
		status = identify_put(identify, profiles, buf_slice(&recording));
	}
	(void)profiles_destroy(profiles);
	return status;
}

static int usage(void)
{
	(void)fprintf(stderr,
		"usage: fengsui snmp identify [--profiles DIR] [--site DIR] FILE.snmprec\n");
	return 2;
}

int cli_snmp(int argc, char **argv)
{
	struct identify identify = { 0 };
	if (argc < 3 || strcmp(argv[1], "identify") != 0) {
		return usage();
	}
	for (int i = 2; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--profiles") == 0 && more) {
			identify.profiles_dir = argv[++i];
		} else if (strcmp(argv[i], "--site") == 0 && more) {
			identify.site_dir = argv[++i];
		} else if (identify.file == NULL && (argv[i][0] != '-' || argv[i][1] == '\0')) {
			identify.file = argv[i];
		} else {
			return usage();
		}
	}
	return identify.file == NULL ? usage() : run(&identify);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/head.h"
#include "audit/verify.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"

enum {
	PATH_OCTETS = 4096,
	SMALL_FILE_OCTETS = 16 * 1024, /* a key or a head */
	SENTENCES_MAX = 1000, /* after that a person only wants to know how many more */
};

struct options {
	const char *data;
	const char *db;
	const char *export_path;
	const char *key;
	const char *head;
	const char *output;
	enum audit_language language;
	bool json;
};

static int usage(void)
{
	(void)fputs("usage: fengsui audit verify [--data DIR | --db CONF | --export FILE] "
		    "[--key FILE]\n"
		    "                            [--head FILE] [--lang zh|en] [--json]\n"
		    "       fengsui audit export [--data DIR | --db CONF] [-o FILE]\n"
		    "CONF is sqlite:PATH or postgresql://…\n",
		stderr);
	return 2;
}

static bool language_read(const char *name, enum audit_language *ret_language)
{
	if (strcmp(name, "en") != 0 && strcmp(name, "zh") != 0) {
		return false;
	}
	*ret_language = name[0] == 'e' ? AUDIT_ENGLISH : AUDIT_CHINESE;
	return true;
}

static int options_read(int argc, char **argv, struct options *ret_options)
{
	struct options options = { .data = NULL };
	/* The place each takes its text to, by its number in known. */
	const char **const texts[] = { &options.data, &options.db, &options.export_path,
		&options.key, &options.head, &options.output };
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]), LANG = TEXTS, JSON };
	static const struct option known[] = { { "data", required_argument, NULL, 0 },
		{ "db", required_argument, NULL, 1 }, { "export", required_argument, NULL, 2 },
		{ "key", required_argument, NULL, 3 }, { "head", required_argument, NULL, 4 },
		{ "output", required_argument, NULL, 5 },
		{ "lang", required_argument, NULL, LANG }, { "json", no_argument, NULL, JSON },
		{ NULL, 0, NULL, 0 } };
	for (int c = 0; (c = getopt_long(argc, argv, "o:", known, NULL)) != -1;) {
		c = c == 'o' ? 5 : c;
		if ((unsigned)c < TEXTS) {
			*texts[c] = optarg;
		} else if (c == JSON) {
			options.json = true;
		} else if (c != LANG || !language_read(optarg, &options.language)) {
			return E_INPUT;
		}
	}
	if (options.data == NULL && options.db == NULL) {
		options.data = "/var/lib/fengsui";
	}
	*ret_options = options;
	return optind == argc && (options.db == NULL || options.export_path == NULL) ? 0
										     : E_INPUT;
}

static int could_not(const char *what, int error, const struct diag *diag)
{
	(void)fprintf(stderr, "fengsui: audit %s: %s: %s\n", what, err_text(error), diag->text);
	return 3;
}

static int read_small(const char *path, struct buf *buf, struct diag *diag)
{
	FILE *file = fopen(path, "rbe");
	if (file == NULL) {
		int error = -errno;
		return diag_set(diag, error, 0, 0, "cannot read %s", path);
	}
	uint8_t *room = buf_reserve(buf, SMALL_FILE_OCTETS);
	buf_commit(buf, room != NULL ? fread(room, 1, SMALL_FILE_OCTETS, file) : 0);
	bool bad = room == NULL || ferror(file) != 0;
	(void)fclose(file);
	return bad ? diag_set(diag, -EIO, 0, 0, "cannot read %s", path) : 0;
}

/* The public key: the one named, else the data folder's own when there is one. */
static int read_key(
	const struct options *options, struct audit_key **ret_key, struct diag *diag)
{
	char path[PATH_OCTETS] = "";
	if (options->data != NULL && options->export_path == NULL) {
		(void)snprintf(path, sizeof(path), "%s/audit.pub", options->data);
	}
	const char *name = options->key != NULL ? options->key : path;
	if (options->key == NULL && access(path, F_OK) != 0) {
		return 0;
	}
	AUTO_BUF struct buf pem;
	buf_init(&pem, SMALL_FILE_OCTETS);
	int error = read_small(name, &pem, diag);
	if (error == 0 && audit_key_parse(buf_slice(&pem), ret_key) < 0) {
		error = diag_set(
			diag, E_FORMAT, 0, 0, "%s holds no Ed25519 public key in PEM", name);
	}
	return error;
}

static int read_head(const char *path, struct audit_head *ret_head, struct diag *diag)
{
	AUTO_BUF struct buf text;
	buf_init(&text, SMALL_FILE_OCTETS);
	int error = read_small(path, &text, diag);
	return error < 0 ? error : audit_head_parse(buf_slice(&text), ret_head, diag);
}

struct printing {
	const struct options *options;
	uint64_t printed;
};

static void print_json(const struct audit_problem *problem)
{
	AUTO_BUF struct buf line;
	buf_init(&line, 4096);
	struct jw jw;
	jw_init(&jw, &line);
	jw_object(&jw);
	jw_kv_str(&jw, "code", slice_str(audit_problem_name(problem->code)));
	jw_kv_int(&jw, "seq", problem->seq);
	jw_kv_int(&jw, "other", problem->other);
	jw_kv_opt(&jw, "what", slice_str(problem->what));
	jw_end(&jw);
	(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
}

static void print_problem(void *context, const struct audit_problem *problem)
{
	struct printing *printing = context;
	printing->printed++;
	if (printing->options->json) {
		print_json(problem);
	} else if (printing->printed <= SENTENCES_MAX) {
		AUTO_BUF struct buf line;
		buf_init(&line, 4096);
		audit_problem_put(&line, problem, printing->options->language);
		(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
	}
}

static void print_report(const struct options *options, const struct audit_report *report)
{
	AUTO_BUF struct buf line;
	buf_init(&line, 4096);
	if (options->json) {
		struct jw jw;
		jw_init(&jw, &line);
		jw_object(&jw);
		jw_kv_str(&jw, "code", report->problems == 0 ? SLICE("clean") : SLICE("found"));
		jw_kv_int(&jw, "first", report->first);
		jw_kv_int(&jw, "last", report->last);
		jw_kv_int(&jw, "confirmed", report->confirmed);
		jw_kv_int(&jw, "problems", (int64_t)report->problems);
		jw_kv_int(&jw, "heads", (int64_t)report->heads);
		jw_kv_int(&jw, "personal", (int64_t)report->personal);
		jw_kv_int(&jw, "erased", (int64_t)report->erased);
		jw_kv_int(&jw, "erasers", (int64_t)report->erasers);
		jw_kv_int(&jw, "rows", (int64_t)report->rows);
		jw_kv_int(&jw, "blobs", (int64_t)report->blobs);
		jw_kv_bool(&jw, "signatures_checked", report->signatures_checked);
		jw_kv_bool(&jw, "rows_checked", report->rows_checked);
		jw_end(&jw);
	} else {
		if (report->problems > SENTENCES_MAX) {
			(void)printf("… +%llu\n",
				(unsigned long long)(report->problems - SENTENCES_MAX));
		}
		audit_report_put(&line, report, options->language);
	}
	(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
}

static const char *store_of(const struct options *options, char path[PATH_OCTETS])
{
	(void)snprintf(path, PATH_OCTETS, "sqlite:%s/records.db", options->data);
	return options->db != NULL ? options->db : path;
}

/* DATA/blobs; beside the file where only a SQLite file was named. */
static const char *blobs_of(const struct options *options, char path[PATH_OCTETS])
{
	struct slice file = slice_str(options->db);
	if (options->data != NULL) {
		(void)snprintf(path, PATH_OCTETS, "%s/blobs", options->data);
		return path;
	}
	if (!slice_starts(file, SLICE("sqlite:"))) {
		return NULL;
	}
	file = slice_skip(file, sizeof("sqlite:") - 1);
	while (file.n > 0 && file.p[file.n - 1] != '/') {
		file.n--;
	}
	(void)snprintf(path, PATH_OCTETS, "%.*sblobs", SLICE_FMT(file));
	return path;
}

static int verify(const struct options *options)
{
	char store[PATH_OCTETS];
	char blobs[PATH_OCTETS];
	struct diag diag = { 0 };
	struct audit_head head = { 0 };
	AUTO_AUDIT_KEY struct audit_key *key = NULL;
	int error = read_key(options, &key, &diag);
	if (error == 0 && options->head != NULL) {
		error = read_head(options->head, &head, &diag);
	}
	if (error < 0) {
		return could_not("verify", error, &diag);
	}
	const struct audit_target target = { .export_path = options->export_path,
		.store = options->export_path == NULL ? store_of(options, store) : NULL,
		.blob_folder = blobs_of(options, blobs),
		.key = key,
		.head = options->head != NULL ? &head : NULL };
	struct printing printing = { .options = options };
	struct audit_report report = { 0 };
	error = audit_verify(&target, print_problem, &printing, &report, &diag);
	if (error < 0) {
		return could_not("verify", error, &diag);
	}
	print_report(options, &report);
	return error;
}

static int write_lines(void *context, struct slice lines)
{
	return fwrite(lines.p, 1, lines.n, context) == lines.n ? 0
							       : (errno != 0 ? -errno : -EIO);
}

static int export(const struct options *options)
{
	char store[PATH_OCTETS];
	struct diag diag = { 0 };
	const struct audit_target target = { .store = store_of(options, store) };
	FILE *file = options->output != NULL ? fopen(options->output, "wbe") : stdout;
	if (file == NULL) {
		int error = -errno;
		(void)diag_set(&diag, error, 0, 0, "cannot write %s", options->output);
		return could_not("export", error, &diag);
	}
	int error = audit_export(&target, write_lines, file, &diag);
	bool flushed =
		fflush(file) == 0 && (options->output == NULL || fsync(fileno(file)) == 0);
	if (error == 0 && !flushed) {
		error = diag_set(&diag, -errno, 0, 0, "cannot write the export");
	}
	if (options->output != NULL) {
		(void)fclose(file);
	}
	return error < 0 ? could_not("export", error, &diag) : 0;
}

int cli_audit(int argc, char **argv)
{
	struct options options = { 0 };
	if (argc < 2 || options_read(argc - 1, argv + 1, &options) < 0) {
		return usage();
	}
	if (strcmp(argv[1], "verify") == 0 && options.output == NULL) {
		return verify(&options);
	}
	if (strcmp(argv[1], "export") == 0 && options.export_path == NULL) {
		return export(&options);
	}
	return usage();
}

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * verify: the audit log re-hashed once against the store as it stands, then
 * gone.  The same work as `fengsui audit verify`, where it holds nobody up.
 *
 * Layer: role.
 */
#include "audit/verify.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/head.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "role/runtime.h"
#include "role/store.h"
#include "sys/clock.h"

/* Problems told in words; the command line names all. */
enum { FOUND_MAX = 20, FOUND_OCTETS = 24000, WORDS_OCTETS = 4096, KEY_OCTETS = 16384 };

struct verifier {
	struct runtime *rt;
	uv_work_t work;
	struct audit_key *key;
	int64_t began_at_ms;
	struct buf found; /* objects, with commas between them */
	unsigned told;
	bool done;
	int error;
	struct audit_report report;
	struct diag diag;
};

/* Absent in a store that has signed nothing yet: signatures are then not looked at. */
static int key_load(struct verifier *v, struct diag *diag)
{
	AUTO_BUF struct buf pem;
	buf_init(&pem, KEY_OCTETS);
	int fd = open("audit.pub", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return 0;
	}
	uint8_t *room = buf_reserve(&pem, KEY_OCTETS);
	ssize_t n = room != NULL ? read(fd, room, KEY_OCTETS) : 0;
	(void)close(fd);
	buf_commit(&pem, n > 0 ? (size_t)n : 0);
	return audit_key_parse(buf_slice(&pem), &v->key) < 0
		       ? diag_set(diag, E_FORMAT, 0, 0, "audit.pub holds no public key")
		       : 0;
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct verifier *v = rt->self;
	v->rt = rt;
	v->began_at_ms = clock_unix_ms();
	buf_init(&v->found, FOUND_OCTETS);
	int error = store_enter(rt, diag);
	return error < 0 ? error : key_load(v, diag);
}

/* A reader of SQLite's write-ahead log says in its index what it reads. */
static size_t paths(struct runtime *rt, struct fence_path *list)
{
	list[0] = (struct fence_path) { runtime_handle(rt, "data"), NULL, FENCE_READ };
	list[1] = (struct fence_path) { -1, "records.db-shm", FENCE_READ | FENCE_WRITE };
	return 2;
}

static void words_put(struct jw *jw, const char *key, const struct audit_problem *problem,
	enum audit_language language)
{
	AUTO_BUF struct buf words;
	buf_init(&words, WORDS_OCTETS);
	audit_problem_put(&words, problem, language);
	jw_kv_str(jw, key, buf_slice(&words));
}

static void found(void *context, const struct audit_problem *problem)
{
	struct verifier *v = context;
	AUTO_BUF struct buf text;
	buf_init(&text, WORDS_OCTETS * 3);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "code", slice_str(audit_problem_name(problem->code)));
	jw_kv_int(&jw, "seq", problem->seq);
	words_put(&jw, "zh", problem, AUDIT_CHINESE);
	words_put(&jw, "en", problem, AUDIT_ENGLISH);
	jw_end(&jw);
	if (v->told < FOUND_MAX && !text.failed &&
		v->found.n + text.n + sizeof(",[]") < FOUND_OCTETS) {
		buf_put_str(&v->found, v->told++ > 0 ? "," : "");
		buf_put(&v->found, buf_slice(&text));
	}
}

static void verify_work(uv_work_t *work)
{
	struct verifier *v = work->data;
	const struct audit_target target = {
		.store = store_conf(v->rt), .blob_folder = "blobs", .key = v->key
	};
	v->error = audit_verify(&target, found, v, &v->report, &v->diag);
}

static void erasers_put(const struct audit_report *report, struct buf *out)
{
	struct jw jw;
	jw_init(&jw, out);
	jw_array(&jw);
	for (uint64_t i = 0; i < report->erasers && i < AUDIT_ERASERS_MAX; i++) {
		jw_int(&jw, report->eraser[i]);
	}
	jw_end(&jw);
}

static void verify_done(uv_work_t *work, int status)
{
	struct verifier *v = work->data;
	int error = status < 0 ? E_BUSY : v->error;
	v->done = true;
	AUTO_BUF struct buf found;
	AUTO_BUF struct buf erased_by;
	buf_init(&found, FOUND_OCTETS);
	buf_init(&erased_by, 1024);
	buf_printf(&found, "[%.*s]", SLICE_FMT(buf_slice(&v->found)));
	erasers_put(&v->report, &erased_by);
	struct msg_verify_done msg = {
		.ran = error >= 0,
		.began_at_ms = v->began_at_ms,
		.entries = (int64_t)v->report.entries,
		.personal = (int64_t)v->report.personal,
		.erased = (int64_t)v->report.erased,
		.erased_by = buf_slice(&erased_by),
		.problems = (int64_t)v->report.problems,
		.found = buf_slice(&found),
		.error = error >= 0 ? (struct slice) { 0 }
				    : slice_str(v->diag.text[0] != '\0' ? v->diag.text
									: err_text(error)),
	};
	(void)!RUNTIME_SEND(v->rt, IPC_PARENT, verify_done, MSG_VERIFY_DONE, 0, 0, &msg, -1);
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct verifier *v = rt->self;
	v->work.data = v;
	return uv_queue_work(&rt->loop, &v->work, verify_work, verify_done) != 0
		       ? diag_set(diag, E_BUSY, 0, 0, "no worker thread")
		       : 0;
}

/* In the middle of its work it holds nothing that must be put away, and nobody need wait for it. */
static void end(struct runtime *rt)
{
	struct verifier *v = rt->self;
	if (!v->done) {
		_exit(EXIT_SUCCESS);
	}
	v->key = audit_key_destroy(v->key);
	buf_fini(&v->found);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_VERIFY,
		.fence_groups = FENCE_FILES | FENCE_CONNECT,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.end = end,
	};
	static struct verifier verifier;
	return runtime_main(argc, argv, &role, &verifier);
}

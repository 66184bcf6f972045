/* SPDX-License-Identifier: Apache-2.0 */
/**
 * paper: makes our documents, and says what uploaded ones really are.  A
 * worker that has looked at somebody's file makes no document any more: it
 * ends, and the parent starts a fresh one.
 *
 * Layer: role.
 */
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "paper/fonts.h"
#include "paper/pack.h"
#include "paper/render.h"
#include "proto/filetype.h"
#include "role/paper_annex.h"
#include "role/paper_fonts.h"
#include "role/paper_table.h"
#include "role/runtime.h"
#include "sys/memfd.h"

/* Files that were sent together are looked at together. */
enum { LINGER_MS = 50 };

struct paper {
	struct draw_fonts *fonts;
	uv_timer_t linger;
	bool tainted;
	uint64_t rendered;
	uint64_t failed;
	uint64_t inspected;
	uint64_t malformed;
};

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct paper *paper = rt->self;
	int error = paper_table_open();
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "memory, charsets: %s", err_text(error));
	}
	return paper_fonts_create(rt, &paper->fonts, diag);
}

/* Pango's threads are born behind the file fence. */
static int threads(struct runtime *rt, struct diag *diag)
{
	struct paper *paper = rt->self;
	return draw_fonts_open(paper->fonts, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *paths)
{
	const struct draw_fonts *fonts = ((struct paper *)rt->self)->fonts;
	unsigned count = 0;
	while (count < RUNTIME_PATHS_MAX && draw_fonts_path(fonts, count) != NULL) {
		paths[count] = (struct fence_path) {
			.fd = -1, .path = draw_fonts_path(fonts, count), .rights = FENCE_READ
		};
		count++;
	}
	return count;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct paper *paper = rt->self;
	int error = uv_timer_init(&rt->loop, &paper->linger);
	paper->linger.data = rt;
	return error < 0 ? diag_set(diag, error, 0, 0, "timer: %s", uv_strerror(error)) : 0;
}

static void on_linger(uv_timer_t *timer)
{
	struct runtime *rt = timer->data;
	if (rt->peers[IPC_CORE] != NULL && ipc_queued(rt->peers[IPC_CORE]) > 0) {
		(void)uv_timer_start(timer, on_linger, LINGER_MS, 0);
	} else {
		uv_stop(&rt->loop);
	}
}

static void answer(
	struct runtime *rt, const struct msg_rendered *msg, uint64_t trace, int own_fd)
{
	if (RUNTIME_SEND(rt, IPC_CORE, rendered, MSG_RENDERED, 0, trace, msg, own_fd) < 0) {
		log_event(LOG_WARNING, "rendered.unsent", F_INT("job", msg->job));
	}
}

static int make(
	struct paper *paper, const struct render_job *job, int *ret_fd, struct diag *diag)
{
	AUTO_BUF struct buf file;
	if (slice_is(job->kind, PAPER_ANNEX_KIND)) {
		return paper_annex_fill(job->json, job->word, ret_fd, diag);
	}
	if (job->format == RENDER_PDF) {
		draw_fonts_cut(paper->fonts);
	}
	buf_init(&file, RENDER_OUTPUT_OCTETS_MAX);
	int pages = render(paper->fonts, job, &file, diag);
	int error = pages < 0 ? pages : memfd_of(buf_slice(&file), ret_fd);
	return error < 0 && pages >= 0
		       ? diag_set(diag, error, 0, 0, "memory file: %s", err_text(error))
		       : error;
}

/* The data is in the frame, or first in the memory file; a school's own Word file follows it there. */
static int job_read(const struct msg_render *ask, struct slice file, struct render_job *job,
	struct diag *diag)
{
	int format = render_format(ask->format);
	if (format < 0 || ask->json_octets > file.n) {
		return diag_set(diag, E_UNSUPPORTED, 0, 0, "no such format");
	}
	*job = (struct render_job) { .kind = ask->kind,
		.format = (enum render_format)format,
		.json = ask->json_octets > 0 ? slice_head(file, ask->json_octets) : ask->json,
		.word = slice_skip(file, ask->json_octets) };
	return 0;
}

static void render_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	struct msg_render ask = { 0 };
	struct render_job job = { 0 };
	struct memfd_map map = { 0 };
	struct diag diag = { 0 };
	int fd = -1;
	if (msg_render_decode(frame->payload, &ask) < 0) {
		paper->malformed++;
		return;
	}
	int error = frame->fd >= 0 ? memfd_map(frame->fd,
					     RENDER_INPUT_OCTETS_MAX + PACK_OCTETS_MAX, &map)
				   : 0;
	if (error < 0) {
		(void)diag_set(&diag, error, 0, 0, "data: %s", err_text(error));
	} else {
		error = job_read(&ask, map.octets, &job, &diag);
		error = error < 0 ? error : make(paper, &job, &fd, &diag);
	}
	if (job.word.n > 0) {
		/* Somebody's file: what comes next is for a worker that has not read it. */
		paper->tainted = true;
		(void)uv_timer_start(&paper->linger, on_linger, LINGER_MS, 0);
	}
	memfd_unmap(&map);
	*(error < 0 ? &paper->failed : &paper->rendered) += 1;
	struct msg_rendered msg = {
		.job = ask.job, .ok = error >= 0, .error = slice_str(diag.text)
	};
	answer(rt, &msg, frame->trace, fd);
}

static void inspected_send(struct runtime *rt, struct ipc_frame *frame,
	const struct msg_inspected *msg, int own_fd)
{
	struct paper *paper = rt->self;
	if (RUNTIME_SEND(rt, IPC_CORE, inspected, MSG_INSPECTED, 0, frame->trace, msg, own_fd) <
		0) {
		log_event(LOG_WARNING, "inspected.unsent", F_INT("job", msg->job));
	}
	(void)uv_timer_start(&paper->linger, on_linger, LINGER_MS, 0);
}

/* A school's own Word file: fit for its kind when an example can be filled in.  Or a superior's form. */
static void word_take(
	struct runtime *rt, struct ipc_frame *frame, const struct msg_inspect *ask)
{
	struct memfd_map map = { 0 };
	struct diag diag = { .source = "template.too_large" };
	struct paper *paper = rt->self;
	const char *media = RENDER_DOCX_MEDIA;
	bool form = slice_is(ask->kind, PAPER_ANNEX_KIND);
	int fd = -1;
	int error = form ? paper_annex_read(frame->fd, &media, &fd, &diag)
			 : memfd_map(frame->fd, PACK_OCTETS_MAX, &map);
	if (error >= 0 && !form) {
		error = render_try(paper->fonts, ask->kind, map.octets, &diag);
	}
	memfd_unmap(&map);
	struct msg_inspected msg = { .job = ask->job, .ok = error >= 0, .pages = 1 };
	msg.media = slice_str(msg.ok ? media : "");
	msg.problem = slice_str(msg.ok ? "" : diag.source);
	msg.detail = slice_str(diag.text);
	inspected_send(rt, frame, &msg, fd);
}

static void inspect_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	struct msg_inspect ask = { 0 };
	struct memfd_map map = { 0 };
	struct filetype type = { 0 };
	enum filetype_problem problem = FILETYPE_TOO_LARGE;
	if (msg_inspect_decode(frame->payload, &ask) < 0 || frame->fd < 0) {
		paper->malformed++;
		return;
	}
	paper->tainted = true;
	paper->inspected++;
	if (ask.kind.n > 0) {
		word_take(rt, frame, &ask);
		return;
	}
	int error = memfd_map(frame->fd, FILETYPE_OCTETS_MAX, &map);
	if (error == 0) {
		problem = filetype_of(map.octets, &type);
		memfd_unmap(&map);
	} else if (error != E_LIMIT) {
		problem = FILETYPE_WRONG;
	}
	struct msg_inspected msg = { .job = ask.job,
		.ok = problem == FILETYPE_FINE,
		.media = problem == FILETYPE_FINE ? slice_str(filetype_media_text(type.media))
						  : (struct slice) { 0 },
		.pages = type.pages,
		.problem = slice_str(filetype_problem_text(problem)) };
	inspected_send(rt, frame, &msg, -1);
}

static void table_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	struct msg_sheet ask = { 0 };
	int fd = -1;
	if (msg_sheet_decode(frame->payload, &ask) < 0 || frame->fd < 0) {
		paper->malformed++;
		return;
	}
	paper->tainted = true;
	paper->inspected++;
	enum gridread_problem problem = paper_table_read(frame->fd, &fd);
	struct msg_sheet_read msg = { .job = ask.job,
		.problem = slice_str(gridread_problem_text(problem)) };
	if (RUNTIME_SEND(rt, IPC_CORE, sheet_read, MSG_SHEET_READ, 0, frame->trace, &msg, fd) <
		0) {
		log_event(LOG_WARNING, "sheet_read.unsent", F_INT("job", msg.job));
	}
	(void)uv_timer_start(&paper->linger, on_linger, LINGER_MS, 0);
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	if (from == IPC_CORE && frame->type == MSG_INSPECT && !paper->tainted) {
		inspect_take(
			rt, frame); /* a second file is the next worker's: core asks again */
	} else if (from == IPC_CORE && frame->type == MSG_SHEET && !paper->tainted) {
		table_take(rt, frame);
	} else if (from == IPC_CORE && frame->type == MSG_RENDER && !paper->tainted) {
		render_take(rt,
			frame); /* core asks the next worker again when its lease runs out */
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct paper *paper = rt->self;
	jw_kv_int(jw, "rendered", (int64_t)paper->rendered);
	jw_kv_int(jw, "failed", (int64_t)paper->failed);
	jw_kv_int(jw, "inspected", (int64_t)paper->inspected);
	jw_kv_int(jw, "malformed", (int64_t)paper->malformed);
}

static void end(struct runtime *rt)
{
	struct paper *paper = rt->self;
	uv_close((uv_handle_t *)&paper->linger, NULL);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_PAPER,
		.fence_groups = FENCE_FILES | FENCE_MEMFD | FENCE_THREADS,
		.prepare = prepare,
		.paths = paths,
		.threads = threads,
		.begin = begin,
		.frame = frame,
		.status = status,
		.end = end,
	};
	struct paper paper = { 0 };
	int code = runtime_main(argc, argv, &role, &paper);
	paper.fonts = draw_fonts_destroy(paper.fonts);
	return code;
}

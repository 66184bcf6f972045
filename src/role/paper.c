/* SPDX-License-Identifier: Apache-2.0 */
/**
 * paper: our data to documents, and what people upload looked at octet by
 * octet.  Fonts are opened before the fence.
 *
 * Layer: role.
 */
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "paper/draw.h"
#include "paper/render.h"
#include "proto/filetype.h"
#include "role/packs.h"
#include "role/runtime.h"
#include "sys/memfd.h"

enum { UPLOAD_MAX_OCTETS = 20 * 1024 * 1024, FONTS_MAX_OCTETS = 64 * 1024 };

struct paper {
	struct draw_fonts *fonts;
	struct buf out;
	int64_t rendered;
	int64_t failed;
	int64_t inspected;
	int64_t refused;
};

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct paper *paper = rt->self;
	struct slice fonts = { 0 };
	buf_init(&paper->out, RENDER_OUTPUT_OCTETS_MAX);
	/* A school's own choice of fonts; without one the built-in choice holds. */
	int site = runtime_handle(rt, "site");
	if (site >= 0 && packs_read(site, "fonts.json", FONTS_MAX_OCTETS, rt->config_arena, &fonts) < 0) {
		fonts = (struct slice){ 0 };
	}
	return draw_fonts_create(fonts, NULL, &paper->fonts, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	struct paper *paper = rt->self;
	size_t count = 0;
	const char *path = NULL;
	while (count < RUNTIME_PATHS_MAX && (path = draw_fonts_path(paper->fonts, (unsigned)count)) != NULL) {
		list[count++] = (struct fence_path){ -1, path, FENCE_READ };
	}
	return count;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	(void)rt;
	(void)diag;
	return 0;
}

static void render_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	struct msg_render msg = { 0 };
	struct memfd_map map = { 0 };
	struct diag diag = { 0 };
	if (msg_render_decode(frame->payload, &msg) < 0) {
		return;
	}
	int error = frame->fd >= 0 ? memfd_map(frame->fd, RENDER_INPUT_OCTETS_MAX, &map) : 0;
	buf_clear(&paper->out);
	error = error < 0 ? error
			  : render(paper->fonts, msg.kind, frame->fd >= 0 ? map.octets : msg.json, &paper->out, &diag);
	memfd_unmap(&map);
	int fd = -1;
	error = error < 0 ? error : memfd_of(buf_slice(&paper->out), &fd);
	*(error < 0 ? &paper->failed : &paper->rendered) += 1;
	struct msg_rendered done = { .job = msg.job, .ok = error >= 0,
		.error = error >= 0 ? (struct slice){ 0 }
				    : slice_str(diag.text[0] != '\0' ? diag.text : err_text(error)) };
	if (RUNTIME_SEND(rt, IPC_CORE, rendered, MSG_RENDERED, frame->req, frame->trace, &done, fd) < 0) {
		log_event(LOG_WARNING, "rendered.unsent", F_INT("job", msg.job));
	}
}

static void inspect_take(struct runtime *rt, struct ipc_frame *frame)
{
	struct paper *paper = rt->self;
	struct msg_inspect msg = { 0 };
	struct memfd_map map = { 0 };
	struct filetype type = { .media = "application/octet-stream", .problem = "upload.too_large" };
	if (msg_inspect_decode(frame->payload, &msg) < 0 || frame->fd < 0) {
		return;
	}
	bool kept = memfd_map(frame->fd, UPLOAD_MAX_OCTETS, &map) == 0 && filetype_look(map.octets, &type);
	memfd_unmap(&map);
	*(kept ? &paper->inspected : &paper->refused) += 1;
	struct msg_inspected done = { .job = msg.job, .ok = kept, .media = slice_str(type.media), .pages = type.pages,
		.problem = slice_str(type.problem) };
	if (RUNTIME_SEND(rt, IPC_CORE, inspected, MSG_INSPECTED, frame->req, frame->trace, &done, -1) < 0) {
		log_event(LOG_WARNING, "inspected.unsent", F_INT("job", msg.job));
	}
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	if (from == IPC_CORE && frame->type == MSG_RENDER) {
		render_take(rt, frame);
	} else if (from == IPC_CORE && frame->type == MSG_INSPECT) {
		inspect_take(rt, frame);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct paper *paper = rt->self;
	jw_kv_int(jw, "rendered", paper->rendered);
	jw_kv_int(jw, "failed", paper->failed);
	jw_kv_int(jw, "inspected", paper->inspected);
	jw_kv_int(jw, "refused", paper->refused);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_PAPER,
		.fence_groups = FENCE_FILES | FENCE_MEMFD | FENCE_THREADS,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.frame = frame,
		.status = status,
	};
	static struct paper paper;
	int result = runtime_main(argc, argv, &role, &paper);
	paper.fonts = draw_fonts_destroy(paper.fonts);
	buf_fini(&paper.out);
	return result;
}

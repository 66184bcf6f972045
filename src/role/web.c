/* SPDX-License-Identifier: Apache-2.0 */
/**
 * web: speaks HTTP and TLS with browsers, carries the caller's token to core
 * and query, and decides nothing.
 *
 * Layer: role.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/assets.h"
#include "api/server.h"
#include "api/tls.h"
#include "base/log.h"
#include "role/runtime.h"

/* Sockets beside the connections: listeners, peers, uploads, downloads. */
enum { DESCRIPTORS_WANTED = 3 * SERVER_CONNECTIONS_MAX };

struct web {
	struct assets *assets;
	struct server *server;
};

static int send_frame(void *ctx, enum ipc_role to, const struct ipc_frame *frame)
{
	return runtime_send(
		ctx, to, frame->type, frame->req, frame->trace, frame->payload, frame->fd);
}

static void descriptors_raise(void)
{
	struct rlimit limit = { 0 };
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS_WANTED) {
		limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max
								     : DESCRIPTORS_WANTED;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int interface_load(struct runtime *rt, struct web *web, struct diag *diag)
{
	int share = runtime_handle(rt, "share");
	int folder = share >= 0 ? openat(share, "ui", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (folder < 0) {
		log_event(LOG_WARNING, "ui.absent", F_STR("why", "share/ui is not installed"));
	}
	int error = assets_load(folder, &web->assets, diag);
	if (folder >= 0) {
		(void)close(folder);
	}
	return error;
}

static int identity_find(struct runtime *rt, struct tls_identity *ret, struct diag *diag)
{
	const char *certificate = runtime_text(rt, "tls_cert");
	const char *key = runtime_text(rt, "tls_key");
	if (certificate[0] != '\0' || key[0] != '\0') {
		return tls_identity_read(certificate, key, ret, diag);
	}
	return tls_identity_self(
		runtime_handle(rt, "data"), runtime_text(rt, "tls_listen"), ret, diag);
}

/* lab/demo leaves its mark in the data folder: everything in it is invented. */
static bool demo_marked(struct runtime *rt)
{
	int data = runtime_handle(rt, "data");
	return data >= 0 && faccessat(data, "demo.begun", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct web *web = rt->self;
	struct tls_identity identity = { 0 };
	struct server_setup setup = {
		.http_fd = runtime_handle(rt, "http"),
		.https_fd = runtime_handle(rt, "https"),
		.send = send_frame,
		.send_ctx = rt,
	};
	descriptors_raise();
	int error = interface_load(rt, web, diag);
	if (error == 0 && setup.https_fd >= 0) {
		error = identity_find(rt, &identity, diag);
	}
	setup.demo = demo_marked(rt);
	setup.assets = web->assets;
	setup.certificate = identity.certificate;
	setup.key = identity.key;
	error = error < 0 ? error : server_create(&setup, &web->server, diag);
	tls_identity_fini(&identity);
	return error;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct web *web = rt->self;
	int error = server_begin(web->server, &rt->loop);
	return error < 0 ? diag_set(diag, error, 0, 0, "server: %s", uv_strerror(error)) : 0;
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct web *web = rt->self;
	server_frame(web->server, from, frame);
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct web *web = rt->self;
	server_peer(web->server, peer, up);
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct web *web = rt->self;
	server_status(web->server, jw);
}

static void end(struct runtime *rt)
{
	struct web *web = rt->self;
	server_end(web->server);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_WEB,
		.fence_groups = FENCE_SERVE | FENCE_MEMFD,
		.prepare = prepare,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	struct web web = { 0 };
	int code = runtime_main(argc, argv, &role, &web);
	web.server = server_destroy(web.server);
	web.assets = assets_destroy(web.assets);
	return code;
}

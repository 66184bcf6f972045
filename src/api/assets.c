/* SPDX-License-Identifier: Apache-2.0 */
#include "api/assets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/map.h"
#include "sys/rand.h"

static const char bare_page[] =
	"<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>烽燧 Fengsui</title></head>"
	"<body><h1>烽燧 Fengsui</h1><p>平台在运行，界面没有安装。</p>"
	"<p lang=\"en\">The platform is running; its interface is not installed. "
	"The API is described in <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p></body></html>\n";

struct assets {
	struct arena *arena;
	struct map *by_path; /* "/index.html" -> struct asset */
	size_t octets;
};

static const char *media_of(struct slice path)
{
	static const struct {
		const char *suffix;
		const char *media;
	} table[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".mjs", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
		{ ".txt", "text/plain; charset=utf-8" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (slice_ends(path, slice_str(table[i].suffix))) {
			return table[i].media;
		}
	}
	return "application/octet-stream";
}

/* "/app.js.br" is the form br of "/app.js". */
static enum field_coding coding_off(struct slice *path)
{
	if (slice_ends(*path, SLICE(".br"))) {
		*path = slice_head(*path, path->n - 3);
		return CODING_BR;
	}
	if (slice_ends(*path, SLICE(".gz"))) {
		*path = slice_head(*path, path->n - 3);
		return CODING_GZIP;
	}
	return CODING_IDENTITY;
}

static int form_add(struct assets *assets, struct slice path, struct slice octets)
{
	enum field_coding coding = coding_off(&path);
	struct asset *asset = map_get(assets->by_path, path);
	if (asset == NULL) {
		asset = arena_take(assets->arena, sizeof(*asset));
		asset->media = media_of(path);
		asset->immutable = slice_starts(path, SLICE("/static/"));
		int error = map_put(assets->by_path, path, asset);
		if (error < 0) {
			return error;
		}
	}
	asset->octets[coding] = octets;
	(void)snprintf(asset->tag[coding], sizeof(asset->tag[0]), "\"%016llx\"",
		(unsigned long long)digest_xxh3(octets) ^ coding);
	return 0;
}

static int file_read(struct assets *assets, int fd, size_t n, struct slice *ret_octets)
{
	if (n > ASSETS_OCTETS_MAX - assets->octets) {
		return E_LIMIT;
	}
	uint8_t *room = arena_take(assets->arena, n + 1);
	for (size_t at = 0; at < n;) {
		ssize_t got = pread(fd, room + at, n - at, (off_t)at);
		if (got <= 0) {
			return got < 0 ? -errno : E_SHORT;
		}
		at += (size_t)got;
	}
	assets->octets += n;
	*ret_octets = slice_of(room, n);
	return 0;
}

static int folder_read(struct assets *assets, int own_fd, const char *prefix, unsigned depth);

static int entry_read(
	struct assets *assets, int folder, const char *path, const char *name, unsigned depth)
{
	struct stat st = { 0 };
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int error = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	if (error == 0 && S_ISDIR(st.st_mode)) {
		return depth < ASSETS_DEPTH_MAX ? folder_read(assets, fd, path, depth + 1)
						: (close(fd), E_LIMIT);
	}
	struct slice octets = { 0 };
	if (error == 0 && S_ISREG(st.st_mode)) {
		error = file_read(assets, fd, (size_t)st.st_size, &octets);
		error = error < 0 ? error : form_add(assets, slice_str(path), octets);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return error;
}

static int folder_read(struct assets *assets, int own_fd, const char *prefix, unsigned depth)
{
	DIR *dir = fdopendir(own_fd);
	int error = dir == NULL ? -errno : 0;
	for (struct dirent *entry = NULL; error == 0 && (entry = readdir(dir)) != NULL;) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", prefix, entry->d_name);
		if (entry->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof(path)) {
			continue;
		}
		error = entry_read(assets, dirfd(dir), path, entry->d_name, depth);
	}
	if (dir != NULL) {
		(void)closedir(dir);
	} else {
		(void)close(own_fd);
	}
	return error;
}

int assets_load(int folder_fd, struct assets **ret_assets, struct diag *diag)
{
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	struct assets *assets = calloc(1, sizeof(*assets));
	if (assets == NULL) {
		abort();
	}
	assets->arena = arena_create((size_t)2 * ASSETS_OCTETS_MAX);
	assets->by_path = map_create(ASSETS_FILES_MAX, seed);
	int copy = folder_fd >= 0 ? openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
				  : -1;
	int error = copy >= 0 ? folder_read(assets, copy, "", 0) : 0;
	if (error == 0 && map_get(assets->by_path, SLICE("/index.html")) == NULL) {
		error = form_add(assets, SLICE("/index.html"), slice_str(bare_page));
	}
	if (error < 0) {
		(void)assets_destroy(assets);
		return diag_set(diag, error, 0, 0, "user interface: %s", err_text(error));
	}
	*ret_assets = assets;
	return 0;
}

struct assets *assets_destroy(struct assets *assets)
{
	if (assets != NULL) {
		assets->by_path = map_destroy(assets->by_path);
		assets->arena = arena_destroy(assets->arena);
		free(assets);
	}
	return NULL;
}

static bool below(struct slice path, const char *folder)
{
	struct slice name = slice_str(folder);
	return slice_starts(path, name) && (path.n == name.n || path.p[name.n] == '/');
}

/* "/notices/7" is a page of the interface; "/robots.txt" is a file that is not there. */
static bool has_suffix(struct slice path)
{
	for (size_t i = path.n; i > 0 && path.p[i - 1] != '/'; i--) {
		if (path.p[i - 1] == '.') {
			return true;
		}
	}
	return false;
}

struct asset *assets_find(struct assets *assets, struct slice path)
{
	struct asset *asset = map_get(assets->by_path, path);
	if (asset != NULL || has_suffix(path) || below(path, "/static")) {
		return asset;
	}
	if (below(path, "/m")) {
		asset = map_get(assets->by_path, SLICE("/m.html"));
	} else if (below(path, "/wall")) {
		asset = map_get(assets->by_path, SLICE("/wall.html"));
	}
	return asset != NULL ? asset : map_get(assets->by_path, SLICE("/index.html"));
}

enum field_coding asset_choose(const struct asset *asset, unsigned codings)
{
	enum field_coding best = CODING_IDENTITY;
	for (unsigned i = 0; i < CODING_COUNT_; i++) {
		bool there = asset->tag[i][0] != '\0' && (codings >> i & 1) != 0;
		if (there && (asset->tag[best][0] == '\0' ||
				     asset->octets[i].n < asset->octets[best].n)) {
			best = (enum field_coding)i;
		}
	}
	return best;
}

struct asset *assets_next(struct assets *assets, size_t *cursor)
{
	struct slice key = { 0 };
	void *value = NULL;
	return map_next(assets->by_path, cursor, &key, &value) ? value : NULL;
}

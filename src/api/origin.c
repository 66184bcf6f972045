/* SPDX-License-Identifier: Apache-2.0 */
#include "api/origin.h"

/* "https://host:port/path" and Host: the same host and port? */
static bool host_same(struct slice url, struct slice host)
{
	size_t at = slice_find(url, SLICE("://"));
	if (at == SIZE_MAX || host.n == 0) {
		return false; /* also Origin: null */
	}
	struct slice rest = slice_skip(url, at + 3);
	struct slice authority = { 0 };
	struct slice path = { 0 };
	(void)slice_cut(rest, '/', &authority, &path);
	return slice_eq_nocase(authority, host);
}

bool origin_allowed(const struct origin_ask *ask)
{
	if (ask->safe || ask->bearer) {
		return true;
	}
	if (ask->fetch_site.n > 0) {
		return slice_is(ask->fetch_site, "same-origin") ||
		       slice_is(ask->fetch_site, "none");
	}
	if (ask->origin.n > 0) {
		return host_same(ask->origin, ask->host);
	}
	if (ask->referer.n > 0) {
		return host_same(ask->referer, ask->host);
	}
	return !ask->cookie;
}

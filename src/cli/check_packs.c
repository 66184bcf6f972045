/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_packs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/share.h"
#include "collect/packs.h"
#include "detect/burst_rule.h"
#include "detect/metric_rule.h"
#include "probe/snmp/profile.h"
#include "proto/logfields.h"
#include "role/packs.h"

enum { RULE_OCTETS_MAX = 64 * 1024 };

/* "policy" is always among them, so the folder above it is theirs. */
static int share_open(const char *share)
{
	char path[PATH_MAX];
	if (share[0] != '\0') {
		(void)snprintf(path, sizeof(path), "%s", share);
	} else if (share_find("policy", path) == 0) {
		*strrchr(path, '/') = '\0';
	} else {
		return E_ABSENT;
	}
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void mistake(struct diag_list *diags, const char *source, const char *text)
{
	struct diag diag = { 0 };
	(void)snprintf(diag.source, sizeof(diag.source), "%s", source);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", text);
	diag_list_add(diags, &diag);
}

static void policy_read(int share, int site, struct check_packs *found, struct diag_list *diags)
{
	static struct packs packs;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct diag diag = { 0 };
	int error = packs_policy(share, site, arena, &packs, &diag);
	if (error < 0) {
		mistake(diags, "policy", diag.text[0] != '\0' ? diag.text : err_text(error));
		return;
	}
	(void)snprintf(found->policy, sizeof(found->policy), "%s", packs.policy.version);
	found->years = (unsigned)packs.calendar.year_count;
}

static void decoders_read(
	int share, int site, struct check_packs *found, struct diag_list *diags)
{
	struct logfields *packs = logfields_create();
	int own = openat(share, "decoders", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int theirs =
		site < 0 ? -1 : openat(site, "decoders", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rules = packs_load(own, theirs, packs, diags);
	found->decoders = rules > 0 ? (unsigned)rules : 0;
	if (own >= 0) {
		(void)close(own);
	}
	if (theirs >= 0) {
		(void)close(theirs);
	}
	(void)logfields_destroy(packs);
}

static void profiles_take(
	int share, int site, struct check_packs *found, struct diag_list *diags)
{
	struct profiles *profiles = profiles_create();
	int own = openat(share, "profiles", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int theirs =
		site < 0 ? -1 : openat(site, "profiles", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int loaded = profiles_read(own, theirs, profiles, diags);
	found->profiles = loaded > 0 ? (unsigned)loaded : 0;
	if (own >= 0) {
		(void)close(own);
	}
	if (theirs >= 0) {
		(void)close(theirs);
	}
	(void)profiles_destroy(profiles);
}

/* A rule over figures or one over log lines, as detect tells them apart. */
static int rule_read(struct arena *arena, struct slice text, struct diag *diag)
{
	struct burst_rule lines = { 0 };
	struct metric_rule figures = { 0 };
	const struct json *root = NULL;
	bool of_figures = json_parse(arena, text, 0, &root, NULL) == 0 && metric_rule_is(root);
	return of_figures ? metric_rule_take(root, &figures, diag)
			  : burst_rule_read(arena, text, &lines, diag);
}

static void rules_read(int above, struct check_packs *found, struct diag_list *diags)
{
	int folder =
		above < 0 ? -1 : openat(above, "rules", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = folder < 0 ? NULL : fdopendir(folder);
	const struct dirent *entry = NULL;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct slice text = { 0 };
		struct diag diag = { 0 };
		if (entry->d_name[0] == '.' ||
			!slice_ends(slice_str(entry->d_name), SLICE(".json"))) {
			continue;
		}
		int error = packs_read(folder, entry->d_name, RULE_OCTETS_MAX, arena, &text);
		error = error < 0 ? error : rule_read(arena, text, &diag);
		if (error < 0) {
			mistake(diags, entry->d_name,
				diag.text[0] != '\0' ? diag.text : err_text(error));
		} else {
			found->rules++;
		}
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
}

int check_packs_read(const char *share, const char *data, struct check_packs *ret_found,
	struct diag_list *diags)
{
	char path[PATH_MAX + 8];
	struct check_packs found = { 0 };
	int fd = share_open(share);
	if (fd < 0) {
		mistake(diags, "share",
			"the packs are not beside the program; name their folder with share");
		return fd;
	}
	(void)snprintf(path, sizeof(path), "%s/site", data);
	int site = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	policy_read(fd, site, &found, diags);
	decoders_read(fd, site, &found, diags);
	rules_read(site, &found, diags);
	rules_read(fd, &found, diags);
	profiles_take(fd, site, &found, diags);
	(void)close(fd);
	if (site >= 0) {
		(void)close(site);
	}
	*ret_found = found;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * campus [CHECKS] [SIGHTINGS] [ASSETS]: what a large campus costs where people and the writer wait:
 * pages of /checks by every order, filter and search, pages of /discovered, and one matching of all
 * sightings against the register.  Invented data, SQLite, one reader.  A JSON line each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "../tests/unit/desk/fixture.h"
#include "../tests/unit/records/fixture.h"
#include "base/num.h"
#include "desk/discovered_match.h"
#include "records/sql.h"
#include "sys/clock.h"

enum { RANGES = 200, PAGES = 40, SIZES = 3 };

static uint64_t sizes[SIZES] = { 10000, 50000, 20000 };
static struct school school;
static struct hat operator;

/* ---- the campus */

static int64_t run(struct db *db, const char *sql, int64_t n)
{
	int64_t done = sql_run(db, sql, SQL_INT(n));
	if (done < 0) {
		fail_msg("%s: %lld", sql, (long long)done);
	}
	return done;
}

#define COUNT_UP                                                                               \
	"WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1) "

/* Assets in 10.0-10.63, ranges of a /22 each, checks of assets in turn, sightings of twice as many
 * machines as there are assets, five in a hundred of them registered. */
static int fill(struct txn *txn, void *arg)
{
	struct db *db = txn_db(txn);
	(void)arg;
	(void)run(db,
		COUNT_UP
		"INSERT INTO asset (id, version, name, kind, importance, exposure,"
		" owner_unit_id, address) SELECT 1000000 + i, 1, '资产 ' || i, 'server',"
		" 'normal', 'campus', (SELECT min(id) FROM unit),"
		" '10.' || (i / 65536) || '.' || (i / 256 % 256) || '.' || (i % 256) FROM c",
		(int64_t)sizes[2]);
	(void)run(db,
		COUNT_UP
		"INSERT INTO asset_key (asset_id, kind, key, prefix)"
		" SELECT 1000000 + i, 'net',"
		" '00000000000000000000ffff' || printf('%08x', 167772160 + i), 128 FROM c",
		(int64_t)sizes[2]);
	(void)run(db,
		COUNT_UP
		"INSERT INTO subnet (id, version, name, network, key, prefix, mode)"
		" SELECT 5000000 + i, 1, '网段 ' || i, 'x' || i,"
		" '00000000000000000000ffff' || printf('%08x', 167772160 + i * 1024), 118,"
		" 'active' FROM c",
		RANGES);
	(void)run(db,
		COUNT_UP
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params,"
		" interval_s, retries, severity, enabled, live_state)"
		" SELECT 3000000 + i, 1, 1000000 + i, '监测项 ' || i,"
		" CASE i % 4 WHEN 0 THEN 'snmp' WHEN 1 THEN 'icmp' WHEN 2 THEN 'http'"
		" ELSE 'tcp' END, '10.0.' || (i / 256 % 256) || '.' || (i % 256), '{}', 60, 2,"
		" CASE i % 3 WHEN 0 THEN 'critical' WHEN 1 THEN 'major' ELSE 'minor' END, 1,"
		" CASE i % 50 WHEN 0 THEN 'down' ELSE 'up' END FROM c",
		(int64_t)sizes[0]);
	(void)run(db,
		COUNT_UP
		"INSERT INTO sighting (key, source, by_device, address, mac, name,"
		" first_ms, last_ms) SELECT 'arp|7|' || i, 'arp', 7,"
		" '00000000000000000000ffff' || printf('%08x', 167772160 + i * 20 / 19),"
		" 962072674304 + i * 2 / 3, CASE i % 5 WHEN 0 THEN 'pc-' || i END,"
		" 1, 2 FROM c",
		(int64_t)sizes[1]);
	return 0;
}

/* ---- figures */

static int us_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Of the same times: on the wall, and of the processor alone, which other work does not lengthen. */
struct times {
	int64_t wall_us[PAGES];
	int64_t cpu_us[PAGES];
	size_t count;
};

static int64_t cpu_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void times_begin(struct times *times)
{
	times->wall_us[times->count] = -clock_mono_us();
	times->cpu_us[times->count] = -cpu_us();
}

static void times_end(struct times *times)
{
	times->wall_us[times->count] += clock_mono_us();
	times->cpu_us[times->count] += cpu_us();
	times->count++;
}

static void tell(const char *what, struct times *times)
{
	size_t half = times->count / 2;
	size_t last = times->count - 1 - times->count / 100;
	qsort(times->wall_us, times->count, sizeof(int64_t), us_order);
	qsort(times->cpu_us, times->count, sizeof(int64_t), us_order);
	(void)printf("{\"bench\":\"campus\",\"what\":\"%s\",\"p50_ms\":%.1f,\"p99_ms\":%.1f,"
		     "\"cpu_p50_ms\":%.1f,\"cpu_p99_ms\":%.1f}\n",
		what, (double)times->wall_us[half] / 1e3, (double)times->wall_us[last] / 1e3,
		(double)times->cpu_us[half] / 1e3, (double)times->cpu_us[last] / 1e3);
}

static void page(enum route_id route, const char *name, const char *query)
{
	struct times times = { .count = 0 };
	char what[160];
	for (size_t i = 0; i < PAGES; i++) {
		times_begin(&times);
		if (view_do(&school, &operator, route, 0, query) < 0) {
			fail_msg("%s?%s: %d", name, query, school.status);
		}
		times_end(&times);
	}
	(void)snprintf(what, sizeof(what), "%s?%s", name, query);
	tell(what, &times);
}

static int match_run(struct txn *txn, void *arg)
{
	times_begin(arg);
	int more = discovered_match(txn, NULL);
	times_end(arg);
	return more < 0 ? more : 0;
}

static void matching(void)
{
	struct times first = { .count = 0 };
	struct times again = { .count = 0 };
	int64_t records = -1;
	int64_t before = -2;
	while (records != before && first.count < PAGES) {
		before = records;
		assert_int_equal(school_run(&school, match_run, &first), 0);
		records = house_number(&school.house, "SELECT count(*) FROM discovered");
	}
	tell("match, 1,000 new ones each", &first);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(school_run(&school, match_run, &again), 0);
	}
	(void)fprintf(stderr, "campus: %lld records\n", (long long)records);
	tell("match, nothing new", &again);
}

int main(int argc, char **argv)
{
	static const char *const checks[] = { "limit=50", "limit=50&sort=worst",
		"limit=200&sort=worst", "limit=50&sort=worst&part=devices",
		"limit=50&sort=worst&state=down", "limit=50&sort=worst&q=9999",
		"limit=50&sort=worst&q=%E7%9B%91%E6%B5%8B+77", NULL };
	static const char *const found[] = { "limit=100", "limit=100&sort=last",
		"limit=100&sort=address", "limit=100&sort=name", "limit=100&sort=maker",
		"limit=100&source=arp&q=10.0.9", "limit=100&guess=none", NULL };
	for (int i = 1; i < argc && i <= SIZES; i++) {
		if (num_u64(slice_str(argv[i]), 1000000, &sizes[i - 1]) < 0) {
			return 2;
		}
	}
	(void)setenv("FENGSUI_POLICY", POLICY, 0);
	school_open(&school, fixture_sqlite());
	operator= school_hat(&school,
		school_person(&school, "赵强", school_unit(&school, "信息中心", true)),
		"operator", 0);
	assert_int_equal(school_run(&school, fill, NULL), 0);
	for (size_t i = 0; checks[i] != NULL; i++) {
		page(ROUTE_CHECKS_LIST, "checks", checks[i]);
	}
	page(ROUTE_CHECKS_PARTS, "checks/parts", "");
	matching();
	for (size_t i = 0; found[i] != NULL; i++) {
		page(ROUTE_DISCOVERED_LIST, "discovered", found[i]);
	}
	page(ROUTE_OVERVIEW_GET, "overview", "");
	school_close(&school);
	return 0;
}

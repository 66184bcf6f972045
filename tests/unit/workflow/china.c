/* SPDX-License-Identifier: Apache-2.0 */
#include "china.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/diag.h"

void policy_file_read(const char *path, struct buf *buf)
{
	char whole[512];
	(void)snprintf(whole, sizeof(whole), "%s/%s", getenv("FENGSUI_POLICY"), path);
	FILE *file = fopen(whole, "rb");
	assert_non_null(file);
	uint8_t *room = buf_reserve(buf, CALENDAR_TEXT_MAX);
	assert_non_null(room);
	buf_commit(buf, fread(room, 1, CALENDAR_TEXT_MAX, file));
	(void)fclose(file);
}

static void year_add(struct calendar *calendar, const char *path)
{
	AUTO_BUF struct buf text;
	buf_init(&text, CALENDAR_TEXT_MAX + 1);
	policy_file_read(path, &text);
	struct diag diag = { 0 };
	int error = calendar_add_json(calendar, buf_slice(&text), &diag);
	if (error != 0) {
		fail_msg("%s: %d %s", path, error, diag.text);
	}
}

void china_load(struct calendar *calendar)
{
	calendar_init(calendar);
	year_add(calendar, "calendar/cn-2025.json");
	year_add(calendar, "calendar/cn-2026.json");
}

int64_t china_at(const char *text)
{
	int64_t at_ms = 0;
	assert_int_equal(civil_parse(slice_str(text), CIVIL_CHINA_OFFSET_MIN, &at_ms), 0);
	return at_ms;
}

uint64_t dice(uint64_t *state)
{
	/* splitmix64 */
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint32_t roll(uint64_t *state, uint32_t sides)
{
	return (uint32_t)(dice(state) % sides);
}

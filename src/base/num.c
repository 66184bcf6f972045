/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ckd.h"
#include "base/err.h"

int num_u64(struct slice text, uint64_t max, uint64_t *ret_value)
{
	if (text.n == 0) {
		return E_FORMAT;
	}
	uint64_t value = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return E_FORMAT;
		}
		if (ckd_mul(&value, value, 10u) ||
			ckd_add(&value, value, (uint64_t)(text.p[i] - '0'))) {
			return E_RANGE;
		}
	}
	if (value > max) {
		return E_RANGE;
	}
	*ret_value = value;
	return 0;
}

int num_i64(struct slice text, int64_t min, int64_t max, int64_t *ret_value)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	uint64_t magnitude = 0;
	int error = num_u64(negative ? slice_skip(text, 1) : text,
		(uint64_t)INT64_MAX + (negative ? 1 : 0), &magnitude);
	if (error < 0) {
		return error;
	}
	int64_t value = 0;
	if (!negative) {
		value = (int64_t)magnitude;
	} else if (magnitude == (uint64_t)INT64_MAX + 1) {
		value = INT64_MIN;
	} else {
		value = -(int64_t)magnitude;
	}
	if (value < min || value > max) {
		return E_RANGE;
	}
	*ret_value = value;
	return 0;
}

int num_double(struct slice text, double *ret_value)
{
	char room[64];
	if (text.n == 0 || text.p[0] == ' ' || text.p[0] == '+') {
		return E_FORMAT;
	}
	/* Long fractions are rare and right: all their digits decide the last bit. */
	char *copy = text.n < sizeof(room) ? room : malloc(text.n + 1);
	if (copy == NULL) {
		return -ENOMEM;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	char *end = NULL;
	double value = strtod(copy, &end);
	bool whole = end == copy + text.n && isfinite(value);
	if (copy != room) {
		free(copy);
	}
	if (!whole) {
		return E_FORMAT;
	}
	*ret_value = value;
	return 0;
}

void num_zh(unsigned n, char ret_text[NUM_ZH_ROOM])
{
	static const char *const digit[] = { "", "一", "二", "三", "四", "五", "六", "七", "八",
		"九" };
	if (n == 0 || n > 99) {
		(void)snprintf(ret_text, NUM_ZH_ROOM, "%u", n);
	} else {
		(void)snprintf(ret_text, NUM_ZH_ROOM, "%s%s%s", n >= 20 ? digit[n / 10] : "",
			n >= 10 ? "十" : "", digit[n % 10]);
	}
}

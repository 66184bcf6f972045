/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/icmp/rtt.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t jitter_of(const struct rtt_round *round)
{
	int64_t sum_us = 0;
	int64_t pairs = 0;
	for (unsigned i = 1; i < round->sent; i++) {
		if (round->rtt_us[i] >= 0 && round->rtt_us[i - 1] >= 0) {
			sum_us += llabs(round->rtt_us[i] - round->rtt_us[i - 1]);
			pairs++;
		}
	}
	return pairs > 0 ? sum_us / pairs : -1;
}

struct rtt_summary rtt_summarise(const struct rtt_round *round)
{
	struct rtt_summary summary = {
		.min_us = -1, .median_us = -1, .max_us = -1, .jitter_us = jitter_of(round)
	};
	int64_t came[RTT_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < round->sent; i++) {
		if (round->rtt_us[i] >= 0) {
			came[n++] = round->rtt_us[i];
		}
	}
	summary.lost = round->sent - n;
	if (round->sent > 0) {
		summary.loss_percent = (summary.lost * 100 + round->sent - 1) / round->sent;
	}
	if (n > 0) {
		qsort(came, n, sizeof(came[0]), by_value);
		summary.min_us = came[0];
		summary.median_us = came[(n - 1) / 2];
		summary.max_us = came[n - 1];
	}
	return summary;
}

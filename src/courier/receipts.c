/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct receipt {
	int64_t delivery;
	uint32_t attempt;
	enum outcome outcome;
	uint16_t provider_n;
	uint16_t error_n;
	uint8_t provider[RECEIPT_TEXT_MAX];
	uint8_t error[RECEIPT_TEXT_MAX];
};

struct receipts {
	struct receipt item[RECEIPTS_MAX]; /* in the order they came */
	size_t count;
	uint64_t lost;
};

struct receipts *receipts_create(void)
{
	return calloc(1, sizeof(struct receipts));
}

struct receipts *receipts_destroy(struct receipts *receipts)
{
	free(receipts);
	return NULL;
}

static void drop_at(struct receipts *receipts, size_t at)
{
	receipts->count--;
	memmove(&receipts->item[at], &receipts->item[at + 1],
		(receipts->count - at) * sizeof(receipts->item[0]));
}

static uint16_t text_keep(uint8_t *to, struct slice text)
{
	size_t n = utf8_span(slice_head(text, RECEIPT_TEXT_MAX));
	if (n > 0) {
		memcpy(to, text.p, n);
	}
	return (uint16_t)n;
}

void receipts_keep(struct receipts *receipts, const struct smtp_result *result)
{
	if (receipts->count == RECEIPTS_MAX) {
		drop_at(receipts, 0);
		receipts->lost++;
	}
	struct receipt *receipt = &receipts->item[receipts->count++];
	receipt->delivery = result->delivery;
	receipt->attempt = result->attempt;
	receipt->outcome = result->outcome;
	receipt->provider_n = text_keep(receipt->provider, result->provider);
	receipt->error_n = text_keep(receipt->error, result->error);
}

void receipts_drop(struct receipts *receipts, int64_t delivery, uint32_t attempt)
{
	for (size_t i = 0; i < receipts->count; i++) {
		if (receipts->item[i].delivery == delivery &&
			receipts->item[i].attempt == attempt) {
			drop_at(receipts, i);
			return;
		}
	}
}

void receipts_each(const struct receipts *receipts, smtp_fn say, void *ctx)
{
	for (size_t i = 0; i < receipts->count; i++) {
		const struct receipt *receipt = &receipts->item[i];
		struct smtp_result result = { .delivery = receipt->delivery,
			.attempt = receipt->attempt,
			.outcome = receipt->outcome,
			.provider = slice_of(receipt->provider, receipt->provider_n),
			.error = slice_of(receipt->error, receipt->error_n) };
		say(ctx, &result);
	}
}

uint64_t receipts_lost(const struct receipts *receipts)
{
	return receipts->lost;
}

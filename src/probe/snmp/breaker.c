/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/breaker.h"

enum breaker_say breaker_ask(struct breaker *breaker, int64_t now_ms)
{
	if (!breaker->open) {
		return BREAKER_GO;
	}
	if (breaker->probing || now_ms < breaker->probe_ms) {
		return BREAKER_REFUSE;
	}
	breaker->probing = true;
	return BREAKER_PROBE;
}

void breaker_wake(struct breaker *breaker)
{
	breaker->probe_ms = 0;
}

void breaker_good(struct breaker *breaker)
{
	*breaker = (struct breaker) { 0 };
}

void breaker_bad(struct breaker *breaker, int64_t now_ms, uint8_t spread)
{
	breaker->probing = false;
	if (breaker->failures < BREAKER_FAILURES) {
		breaker->failures++;
	}
	if (breaker->failures < BREAKER_FAILURES) {
		return;
	}
	uint32_t wait_ms = breaker->open ? breaker->wait_ms * 2 : BREAKER_WAIT_FIRST_MS;
	breaker->open = true;
	breaker->wait_ms = wait_ms < BREAKER_WAIT_MAX_MS ? wait_ms : BREAKER_WAIT_MAX_MS;
	breaker->probe_ms =
		now_ms + breaker->wait_ms - (int64_t)(breaker->wait_ms / 4) * spread / 255;
}

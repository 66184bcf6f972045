/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/alert.h"

#include "base/digest.h"

enum { PARTS = 4, MINUTE_MS = 60000 };

void alert_key(const struct alert_identity *identity, char ret_text[ALERT_KEY_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	const struct slice fields[PARTS] = { identity->source, identity->check, identity->asset,
		identity->class_id };
	uint8_t lengths[PARTS][8];
	struct slice parts[2 * PARTS];
	/* Each field behind its length, so that no two identities read the same. */
	for (size_t i = 0; i < PARTS; i++) {
		for (size_t k = 0; k < sizeof(lengths[i]); k++) {
			lengths[i][k] = (uint8_t)((uint64_t)fields[i].n >> (8 * k));
		}
		parts[2 * i] = slice_of(lengths[i], sizeof(lengths[i]));
		parts[2 * i + 1] = fields[i];
	}
	struct digest digest = digest_of_parts(DIGEST_SHA256, parts, 2 * PARTS);
	for (size_t i = 0; i < (ALERT_KEY_TEXT - 1) / 2; i++) {
		ret_text[2 * i] = digits[digest.octet[i] >> 4];
		ret_text[2 * i + 1] = digits[digest.octet[i] & 15];
	}
	ret_text[ALERT_KEY_TEXT - 1] = '\0';
}

static enum alert_decision open_or_absorb(
	struct alert_meter *meter, uint32_t cap, int64_t at_ms)
{
	int64_t minute = at_ms / MINUTE_MS;
	if (minute != meter->minute) {
		*meter = (struct alert_meter) { .minute = minute };
	}
	if (meter->opened >= cap) {
		meter->absorbed++;
		return ALERT_DECISION_ABSORB;
	}
	meter->opened++;
	return ALERT_DECISION_OPEN;
}

enum alert_decision alert_decide(const struct alert_known *known, enum alert_signal signal,
	struct alert_meter *meter, uint32_t cap, int64_t at_ms)
{
	if (signal == ALERT_SIGNAL_RESOLVED) {
		return known->open ? ALERT_DECISION_RESOLVE : ALERT_DECISION_LIST;
	}
	if (signal == ALERT_SIGNAL_NOTE) {
		return known->open ? ALERT_DECISION_NOTE : ALERT_DECISION_LIST;
	}
	if (known->open) {
		return ALERT_DECISION_COUNT;
	}
	return known->suppressed_key ? ALERT_DECISION_LIST : open_or_absorb(meter, cap, at_ms);
}

bool alert_joins(const struct alert_incident *incident, int64_t asset_id, struct slice asset,
	int64_t at_ms, int64_t window_ms)
{
	if (incident->asset_id != asset_id || at_ms - incident->last_ms > window_ms) {
		return false;
	}
	return asset_id != 0 || slice_eq(incident->asset, asset);
}

enum alert_severity alert_worse(enum alert_severity a, enum alert_severity b)
{
	return a < b ? a : b;
}

int64_t alert_wait_ms(enum alert_severity severity, int64_t group_wait_ms)
{
	return severity == ALERT_SEVERITY_CRITICAL ? 0 : group_wait_ms;
}

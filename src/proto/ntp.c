/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ntp.h"

#include <string.h>

#include "base/err.h"
#include "base/rd.h"

enum {
	VERSION = 4,
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	COOKIE_AT = 40,
	US = 1000000,
};

/* Seconds from 1900 to 1970. */
static const int64_t EPOCH_S = 2208988800;

void ntp_put_query(uint64_t cookie, uint8_t ret_octets[NTP_OCTETS])
{
	memset(ret_octets, 0, NTP_OCTETS);
	ret_octets[0] = VERSION << 3 | MODE_CLIENT;
	for (unsigned i = 0; i < 8; i++) {
		ret_octets[COOKIE_AT + i] = (uint8_t)(cookie >> 8 * (7 - i));
	}
}

/* Of the eras a timestamp may be of, the one nearest to our own clock (RFC 5905 section 6). */
static int64_t unix_us(uint64_t stamp, int64_t near_us)
{
	int64_t seconds = (int64_t)(stamp >> 32) - EPOCH_S;
	int64_t fraction_us = (int64_t)(((stamp & 0xffffffff) * US) >> 32);
	const int64_t era_s = INT64_C(1) << 32;
	int64_t near_s = near_us / US;
	while (seconds < near_s - era_s / 2) {
		seconds += era_s;
	}
	return seconds * US + fraction_us;
}

static void read_reference(struct slice id, struct ntp_reply *reply)
{
	for (size_t i = 0; reply->stratum <= 1 && i < id.n && i < 4; i++) {
		bool plain = id.p[i] > ' ' && id.p[i] < 0x7f;
		if (!plain) {
			return;
		}
		reply->reference[i] = (char)id.p[i];
	}
}

int ntp_parse_reply(struct slice datagram, uint64_t cookie, int64_t sent_us, int64_t came_us,
	struct ntp_reply *ret_reply)
{
	struct rd rd = rd_of(datagram);
	struct ntp_reply reply = { 0 };
	uint8_t first = rd_u8(&rd);
	reply.leap = first >> 6;
	reply.version = first >> 3 & 7;
	reply.stratum = rd_u8(&rd);
	(void)rd_take(&rd, 6); /* poll, precision, root delay */
	reply.root_dispersion_us = (int64_t)((uint64_t)rd_u32be(&rd) * US >> 16);
	read_reference(rd_take(&rd, 4), &reply);
	(void)rd_u64be(&rd); /* when it was last set */
	uint64_t origin = rd_u64be(&rd);
	uint64_t received = rd_u64be(&rd);
	uint64_t sent = rd_u64be(&rd);
	if (rd.failed) {
		return E_SHORT;
	}
	if ((first & 7) != MODE_SERVER || reply.version < 1 || origin != cookie) {
		return E_FORMAT;
	}
	int64_t t2 = unix_us(received, came_us);
	int64_t t3 = unix_us(sent, came_us);
	reply.offset_us = ((t2 - sent_us) + (t3 - came_us)) / 2;
	reply.delay_us = (came_us - sent_us) - (t3 - t2);
	*ret_reply = reply;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/** A DNS server on one free UDP and TCP port of 127.0.0.1 that answers by script. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dns_script {
	const char *record; /* behind the question: the answer records, owner included */
	unsigned record_octets;
	uint8_t flags[2]; /* of the answer; QR is set for you */
	uint8_t answers;
	bool silent;
	bool cut;         /* by UDP: TC and no records; by TCP in full */
	bool forge_first; /* send answers with a wrong id, question and direction before */
	bool noise_first; /* and octets that are no DNS */
	bool tcp_garbage;
	bool tcp_drip; /* octet by octet */
};

struct dns_world;

struct dns_world *dns_world_start(const struct dns_script *script);
void dns_world_stop(struct dns_world *world);
uint16_t dns_world_port(const struct dns_world *world);
/** Questions seen by UDP. */
unsigned dns_world_asked(const struct dns_world *world);
/** From now on nothing is answered. */
void dns_world_silence(struct dns_world *world);

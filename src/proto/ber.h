/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The part of the Basic Encoding Rules that SNMP uses: one-octet tags and
 * definite lengths.
 *
 * Source:  ITU-T X.690 section 8; RFC 3417 section 8 (definite lengths only).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmp.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"
#include "base/slice.h"

struct buf;

enum ber_tag {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_NULL = 0x05,
	BER_OID = 0x06,
	BER_SEQUENCE = 0x30,
};

struct ber {
	uint8_t tag;
	struct slice content; /* borrowed from the input */
};

/**
 * The next element.
 *
 * Source:  X.690 sections 8.1.2 and 8.1.3; no tag above 30, no indefinite length.
 * Returns: 0, E_SHORT when it runs past the end, E_FORMAT; then rd has failed too.
 */
NODISCARD int ber_next(struct rd *rd, struct ber *ret_element);

/** The next element, which must have this tag.  Returns: as ber_next. */
NODISCARD int ber_expect(struct rd *rd, uint8_t tag, struct slice *ret_content);

/**
 * Source:  X.690 section 8.3, longer than needed allowed.
 * Shape:   1 to 8 octets, two's complement.
 * Returns: 0 or E_FORMAT.
 */
NODISCARD int ber_int(struct slice content, int64_t *ret_value);

/**
 * A counter or gauge.  Agents exist that forget the leading zero of a number
 * whose first bit is set: the octets are taken as unsigned.
 *
 * Shape:   1 to 8 octets, or 9 of which the first is 0.
 * Returns: 0 or E_FORMAT.
 */
NODISCARD int ber_uint(struct slice content, uint64_t *ret_value);

/** An element of these octets.  A length past 65,535 makes buf fail. */
void ber_put(struct buf *buf, uint8_t tag, struct slice content);
/** The shortest form (X.690 section 8.3.2). */
void ber_put_int(struct buf *buf, uint8_t tag, int64_t value);
/** The shortest form, with a leading zero where the first bit would be a sign. */
void ber_put_uint(struct buf *buf, uint8_t tag, uint64_t value);

/** Octets of an element whose content has so many. */
size_t ber_octets(size_t content_octets);
/** Tag and length only; the content follows by other puts. */
void ber_put_head(struct buf *buf, uint8_t tag, size_t content_octets);

/**
 * An element whose length is not known yet; ber_end writes it, in the form of
 * three octets (X.690 section 8.1.3.5 allows more than needed).
 *
 * Returns: the place to give to ber_end.
 */
size_t ber_begin(struct buf *buf, uint8_t tag);
/** Source:  X.690 section 8.1.3.5.  Past 65,535 octets buf fails. */
void ber_end(struct buf *buf, size_t place);

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Recordings of an agent as snmpsim keeps them: one object a line,
 * `OID|TAG|VALUE`, TAG a BER type number, with "x" behind it for a value in
 * hexadecimal or "e" for one with backslash escapes, and ":module" for a value
 * that moves (its `initial=` is taken, else `min=`, else 0).
 *
 * Source: snmpsim documentation, "Simulation data file formats"; types of RFC 3416 section 3.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmprec.c.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct diag_list;
struct mib_table;

/**
 * Every good line into the table, which is sealed.
 *
 * Shape:   lines end in LF or CR LF; lines with "#" in front are comments.
 * Returns: how many lines were bad or came twice, each named in diags with line
 *          and offset.
 */
NODISCARD int snmprec_parse(
	struct slice text, struct mib_table *table, struct diag_list *diags);

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Between filetype.c and filetype_pdf.c.
 *
 * Layer: proto.
 */
#pragma once

#include "proto/filetype.h"

/** A PDF whose head and end are there: its pages, and whether anything in it acts. */
enum filetype_problem filetype_pdf(struct slice octets, struct filetype *ret_type);

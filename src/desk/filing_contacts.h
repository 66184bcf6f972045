/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a filing rests on: that each contact in it reaches the person, and the
 * sealed form.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;
struct desk_env;
struct filing_row;
struct txn;

/** POST /filings/{id}/form: the sealed form, scanned. */
NODISCARD int desk_filing_upload(struct desk *desk);
/** POST /filings/{id}/heard: the centre called a number and the right one answered. */
NODISCARD int desk_filing_heard(struct desk *desk);
/** POST /filings/{id}/resend: the link of the contact test again. */
NODISCARD int desk_filing_resend(struct desk *desk);
/** POST /contact/{key}: the link of a contact test was used. */
NODISCARD int desk_contact_confirm(struct desk *desk);
/** Ask every channel of the table for a sign of life.  0 or as db_step. */
NODISCARD int contact_tests_begin(
	struct txn *txn, const struct desk_env *env, const struct filing_row *row);

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading who answers for a unit: filings, doubts, reviews, deputies, and who
 * it was on a day.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /filings */
NODISCARD int view_filings_list(struct view *view);
/** GET /filings/{id} */
NODISCARD int view_filings_get(struct view *view);
/** GET /filings/{id}/forms/{sub} */
NODISCARD int view_filings_form(struct view *view);
/** GET /contact/{key} */
NODISCARD int view_contact_get(struct view *view);
/** GET /doubts */
NODISCARD int view_doubts_list(struct view *view);
/** GET /units/{id}/officers */
NODISCARD int view_units_officers(struct view *view);
/** GET /units/{id}/moves */
NODISCARD int view_units_moves(struct view *view);
/** GET /term-reviews */
NODISCARD int view_reviews_list(struct view *view);
/** GET /delegations */
NODISCARD int view_delegations_list(struct view *view);
/** GET /unit-notes */
NODISCARD int view_unit_notes_list(struct view *view);

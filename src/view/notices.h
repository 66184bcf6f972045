/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Notices 通报 and their papers, as people read them.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct stmt;
struct view;

/**
 * GET /notices.  open=1 those not over; overdue=1 those the unit is late with;
 * order=due by due date, those without one last; else newest first.
 */
NODISCARD int view_notices_list(struct view *view);
NODISCARD int view_notices_get(struct view *view);
/** GET /documents/{id}, GET /attachments/{id}: the bytes. */
NODISCARD int view_documents_get(struct view *view);
NODISCARD int view_attachments_get(struct view *view);
/** GET /documents?about=filing&id=7: the papers of one record, for who may read the record. */
NODISCARD int view_documents_list(struct view *view);
/** "name":"hex digits" of the octets, or null. */
void view_digest_col(struct view *view, const char *key, struct stmt *stmt, unsigned column);
/** "documents":[…] of a record, oldest first; of a notice those of what was accepted of it, too. */
NODISCARD int view_documents_of(struct view *view, const char *about, int64_t id);
/** GET /documents/{id}/about: whether it is made. */
NODISCARD int view_documents_about(struct view *view);
/** GET /paper-templates, GET /paper-template-files/{id}. */
NODISCARD int view_paper_templates_list(struct view *view);
NODISCARD int view_paper_templates_get(struct view *view);

/** Whose turn it is: desk, reviewer, unit, verifier, director or none. */
const char *view_notice_ball(struct slice state);

/** Is it a secret of the desk still, for this caller? */
bool view_notice_hidden(const struct view *view, struct slice state);

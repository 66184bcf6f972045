/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/tenure_acts.h"

#include "desk/access_code.h"
#include "desk/delegations.h"
#include "desk/doubts.h"
#include "desk/filing_contacts.h"
#include "desk/filings.h"
#include "desk/helper_links.h"
#include "desk/pass_on.h"
#include "desk/people.h"
#include "desk/record_papers.h"
#include "desk/reviews.h"
#include "desk/unit_notes.h"
#include "desk/units.h"

static const desk_fn acts[ROUTE_COUNT_] = {
	/* units, people */
	[ROUTE_UNITS_CREATE] = desk_unit_create,
	[ROUTE_UNITS_UPDATE] = desk_unit_update,
	[ROUTE_UNITS_IMPORT] = desk_unit_import,
	[ROUTE_PEOPLE_CREATE] = desk_person_create,
	[ROUTE_PEOPLE_UPDATE] = desk_person_update,
	[ROUTE_PEOPLE_ERASE] = desk_person_erase,

	/* who answers for a unit */
	[ROUTE_FILINGS_CREATE] = desk_filing_create,
	[ROUTE_FILINGS_UPDATE] = desk_filing_update,
	[ROUTE_FILINGS_SUBMIT] = desk_filing_submit,
	[ROUTE_FILINGS_SIGN] = desk_filing_sign,
	[ROUTE_FILINGS_UPLOAD] = desk_filing_upload,
	[ROUTE_FILINGS_ACCEPT] = desk_filing_accept,
	[ROUTE_FILINGS_HEARD] = desk_filing_heard,
	[ROUTE_FILINGS_RESEND] = desk_filing_resend,
	[ROUTE_FILINGS_RETURN] = desk_filing_return,
	[ROUTE_FILINGS_WITHDRAW] = desk_filing_withdraw,
	[ROUTE_FILINGS_APPROVE] = desk_filing_approve,
	[ROUTE_FILINGS_HAND_OVER] = desk_filing_hand_over,
	[ROUTE_CONTACT_POST] = desk_contact_confirm,
	[ROUTE_DOUBTS_RAISE] = desk_doubt_raise,
	[ROUTE_DOUBTS_SETTLE] = desk_doubt_settle,
	[ROUTE_PEOPLE_CALLED] = desk_person_called,
	[ROUTE_STAFF_CHECK] = desk_staff_check,
	[ROUTE_UNITS_DISSOLVE] = desk_unit_dissolve,
	[ROUTE_UNITS_HEADS] = desk_unit_heads,
	[ROUTE_UNITS_LEDGER] = desk_units_ledger,
	[ROUTE_PEOPLE_ACCESS] = desk_access_code,
	[ROUTE_REVIEWS_OPEN] = desk_review_open,
	[ROUTE_REVIEWS_CONFIRM] = desk_review_confirm,
	[ROUTE_REVIEWS_CLOSE] = desk_review_close,
	[ROUTE_DELEGATIONS_CREATE] = desk_delegation_create,
	[ROUTE_DELEGATIONS_END] = desk_delegation_end,
	[ROUTE_PASS_ONS_CREATE] = desk_pass_on_create,
	[ROUTE_PASS_ONS_END] = desk_pass_on_end,
	[ROUTE_PASS_POST] = desk_pass_read,
	[ROUTE_UNIT_NOTES_CREATE] = desk_unit_note_create,
	[ROUTE_UNIT_NOTES_READ] = desk_unit_note_read,
	[ROUTE_HELPERS_CREATE] = desk_helper_create,
	[ROUTE_HELPERS_END] = desk_helper_end,
	[ROUTE_HELPER_POST] = desk_helper_say,
};

desk_fn tenure_act(enum route_id route)
{
	return (unsigned)route < ROUTE_COUNT_ ? acts[route] : NULL;
}

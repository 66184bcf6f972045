/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a notice 通报 (article 15): draft, review, issue, sign, put
 * right, verify, brief the vice president, report upward as needed, archive.
 * One act is one call here; the caller then writes everything the outcome says
 * in one transaction.  Acts that verify carry the verification with them.
 *
 * Two people: author ≠ issuer, unless 小单位模式 lets the author issue with a
 * reason (先办后审); then the director or vice president confirms within the
 * policy's time, and until then the notice stands on the exception list and
 * cannot be archived.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/finding.h"
#include "model/notice.h"
#include "model/role.h"
#include "model/scale.h"
#include "workflow/staffing.h"
#include "workflow/verification.h"

struct diag;

enum notice_act {
	NOTICE_ACT_REVIEW, /* send to review */
	NOTICE_ACT_REJECT, /* back to the author */
	NOTICE_ACT_ISSUE,
	NOTICE_ACT_CONFIRM, /* an issue without second person */
	NOTICE_ACT_DELIVER, /* the first message reached somebody */
	NOTICE_ACT_SIGN,
	NOTICE_ACT_PLAN, /* and start rectifying */
	NOTICE_ACT_SUBMIT,
	NOTICE_ACT_RETURN,
	NOTICE_ACT_VERIFY, /* start verifying */
	NOTICE_ACT_SECOND_READ,
	NOTICE_ACT_PASS,
	NOTICE_ACT_FAIL,
	NOTICE_ACT_BRIEF,
	NOTICE_ACT_MARK_BRIEF, /* 已阅 or 批示; no gate, and of the brief only */
	NOTICE_ACT_UPREPORT_NEEDED,
	NOTICE_ACT_UPREPORT_NOT_NEEDED,
	NOTICE_ACT_UPREPORT_SENT,
	NOTICE_ACT_UPREPORT_RECEIPTED,
	NOTICE_ACT_CLOSE,
	NOTICE_ACT_WITHDRAW,
	NOTICE_ACT_OBJECT,        /* the unit objects 异议 */
	NOTICE_ACT_DISMISS,       /* it stands all the same */
	NOTICE_ACT_UPHOLD,        /* already mended, or it cannot be: time is given back */
	NOTICE_ACT_DROP,          /* upheld: there was nothing */
	NOTICE_ACT_REASSIGN,      /* upheld: another unit's, and issued to it anew */
	NOTICE_ACT_PARTIAL,       /* some findings pass, the rest goes another round */
	NOTICE_ACT_CANNOT_VERIFY, /* what is to be looked at does not answer */
	NOTICE_ACT_PASS_OFFLINE,  /* it is gone for good, with proof */
};

#define NOTICE_ACT_COUNT (NOTICE_ACT_PASS_OFFLINE + 1)

enum notice_guard {
	NOTICE_GUARD_FINDINGS,
	NOTICE_GUARD_ONE_UNIT,
	NOTICE_GUARD_REQUIREMENT,
	NOTICE_GUARD_RECIPIENT,
	NOTICE_GUARD_ISSUER,
	NOTICE_GUARD_URGENT,
	NOTICE_GUARD_REASON,
	NOTICE_GUARD_PENDING,
	NOTICE_GUARD_CONFIRMER,
	NOTICE_GUARD_FIRST,
	NOTICE_GUARD_UNIT,
	NOTICE_GUARD_PLAN,
	NOTICE_GUARD_REPORT,
	NOTICE_GUARD_SCAN,
	NOTICE_GUARD_FAULT,
	NOTICE_GUARD_BRIEF,
	NOTICE_GUARD_OPEN_UPREPORT,
	NOTICE_GUARD_OPTIONAL,
	NOTICE_GUARD_NEEDED,
	NOTICE_GUARD_AUTHORITY,
	NOTICE_GUARD_SENT,
	NOTICE_GUARD_RECEIPT,
	NOTICE_GUARD_UPREPORT,
	NOTICE_GUARD_FINDINGS_CLOSED,
	NOTICE_GUARD_CONFIRMED,
	NOTICE_GUARD_WINDOW,
	NOTICE_GUARD_DECIDER,
	NOTICE_GUARD_FITS,
	NOTICE_GUARD_NEW_UNIT,
	NOTICE_GUARD_PARTS,
};

#define NOTICE_GUARD_COUNT (NOTICE_GUARD_PARTS + 1)

extern const struct name_table notice_act_names;
/** Id = the code of a refusal; the words say what lacks. */
extern const struct name_table notice_guard_names;

/** Characters every reason has at least; the caller counts them. */
enum { NOTICE_REASON_MIN = 5 };

struct notice_facts {
	enum notice_state state;
	enum grade grade;
	enum source source;
	enum upreport upreport;
	struct staffing staffing;
	/* the person acting */
	bool actor_is_author;
	bool actor_is_issuer;
	bool actor_in_unit; /* of the responsible unit */
	/* what comes with the act */
	bool reason_given;    /* of at least NOTICE_REASON_MIN characters */
	bool plan_complete;   /* who, measures, and a date not after due unless overdue */
	bool report_complete; /* every finding answered */
	bool scan_stored;     /* this round's sealed scan */
	bool fault_named;     /* what is formally wrong */
	bool brief_ready;     /* the page, and the leader it goes to */
	bool authority_named; /* to whom it is reported upward */
	bool receipt_given;
	bool objection_fits; /* the decision is one of the reason given */
	bool new_unit_known; /* another unit, with somebody who can be reached */
	bool parts_named;    /* some of its open findings pass, and some do not */
	/* how it stands */
	bool objection_in_time; /* within the policy's time after receipt */
	bool actor_is_objector; /* raised the objection that is decided */
	bool has_findings;
	bool one_unit;                          /* all findings are of the notice's unit */
	bool requirement_set;                   /* text and grade */
	bool recipient_known;                   /* as notice_recipients */
	bool delivered;                         /* some message reached somebody before */
	bool confirm_pending;                   /* issued 先办后审, nobody has confirmed */
	bool findings_closed;                   /* all of them, or accepted for a time */
	struct verification_facts verification; /* for the acts that verify */
};

enum notice_document {
	NOTICE_DOCUMENT_NOTICE,
	NOTICE_DOCUMENT_SIGNATURE,
	NOTICE_DOCUMENT_PLAN,
	NOTICE_DOCUMENT_REPORT,
	NOTICE_DOCUMENT_RETURN,
	NOTICE_DOCUMENT_OPINION,
	NOTICE_DOCUMENT_AGAIN,
	NOTICE_DOCUMENT_BRIEF,
	NOTICE_DOCUMENT_UPREPORT,
	NOTICE_DOCUMENT_ARCHIVE,
	NOTICE_DOCUMENT_WITHDRAWAL,
	NOTICE_DOCUMENT_OBJECTION,
	NOTICE_DOCUMENT_REASSIGNMENT,
	NOTICE_DOCUMENT_EXTENSION,
	NOTICE_DOCUMENT_REMINDER,
	NOTICE_DOCUMENT_SUPERVISION,
	NOTICE_DOCUMENT_ACCEPTANCE,
	NOTICE_DOCUMENT_CONTROL,
};

#define NOTICE_DOCUMENT_COUNT (NOTICE_DOCUMENT_CONTROL + 1)

extern const struct name_table notice_document_names;

enum notice_effect {
	NOTICE_EFFECT_NUMBER = 1 << 0,     /* allot the gap-free number */
	NOTICE_EFFECT_FINDINGS = 1 << 1,   /* move its findings by finding_act */
	NOTICE_EFFECT_ROUND = 1 << 2,      /* round + 1, new rectification and verification */
	NOTICE_EFFECT_BRIEF_ONLY = 1 << 3, /* the notice row stays untouched */
	NOTICE_EFFECT_CONFIRMED = 1 << 4,  /* confirm_pending ends */
	NOTICE_EFFECT_TELL_UNIT = 1 << 5,
	NOTICE_EFFECT_TELL_DESK = 1 << 6,
	NOTICE_EFFECT_TELL_LEADER = 1 << 7,
	NOTICE_EFFECT_MOVE = 1 << 8, /* a notice to another unit takes its findings over */
};

/** What happens to which clock; see workflow/notice_clock.h. */
enum notice_clock {
	NOTICE_CLOCK_REVIEW_START = 1 << 0,
	NOTICE_CLOCK_REVIEW_STOP = 1 << 1,
	NOTICE_CLOCK_SIGN_START = 1 << 2,
	NOTICE_CLOCK_SIGN_STOP = 1 << 3,
	NOTICE_CLOCK_REMEDY_START = 1 << 4,
	NOTICE_CLOCK_REMEDY_REACHED = 1 << 5, /* T0 moves forward to now */
	NOTICE_CLOCK_REMEDY_PAUSE = 1 << 6,
	NOTICE_CLOCK_REMEDY_RESUME = 1 << 7,
	NOTICE_CLOCK_REMEDY_AGAIN = 1 << 8,
	NOTICE_CLOCK_REMEDY_STOP = 1 << 9,
	NOTICE_CLOCK_VERIFY_START = 1 << 10,
	NOTICE_CLOCK_VERIFY_STOP = 1 << 11,
	NOTICE_CLOCK_BRIEF_START = 1 << 12,
	NOTICE_CLOCK_BRIEF_STOP = 1 << 13,
	NOTICE_CLOCK_CONFIRM_START = 1 << 14,
	NOTICE_CLOCK_CONFIRM_STOP = 1 << 15,
	NOTICE_CLOCK_REMEDY_BACK = 1 << 16, /* the time since the objection is given back */
	NOTICE_CLOCK_DECIDE_START = 1 << 17,
	NOTICE_CLOCK_DECIDE_STOP = 1 << 18,
	NOTICE_CLOCK_SETTLE_START = 1 << 19,
};

struct notice_outcome {
	enum notice_state to;
	enum upreport upreport;
	enum verification_state verification; /* as in the facts unless the act verifies */
	int finding_act; /* enum finding_act with NOTICE_EFFECT_FINDINGS, else -1 */
	uint32_t effects;
	uint32_t documents; /* MACHINE_BIT(enum notice_document) */
	uint32_t clocks;
	bool deferred;    /* issued 先办后审: ask for confirmation */
	bool centre_self; /* the brief is marked 中心自查自改 */
};

/**
 * What an act by a person in a role leads to.
 *
 * Returns: 0; E_STATE when this state knows no such act; E_DENIED when the role
 *          or the person may not; E_INPUT when something lacks.  diag->source
 *          is a code: "no_such_step", "role" or a guard's id (of notice_guard_names
 *          or verification_guard_names).
 */
NODISCARD int notice_step(const struct notice_facts *facts, enum notice_act act, enum role role,
	struct notice_outcome *ret_outcome, struct diag *diag);

/** Bits of the acts this role could do now, were everything asked for at hand. */
uint32_t notice_acts(enum notice_state state, enum role role);

/** Is the unit to act: signing for it, planning or putting right? */
bool notice_with_unit(enum notice_state state);

/** Is it over? */
bool notice_terminal(enum notice_state state);

/** People of the responsible unit who are filed and reachable. */
struct notice_people {
	bool specialist;
	bool officer;
	bool unit_head;
};

/** To whom: one role as main recipient, and a ROLE_BIT set of copies. */
struct notice_recipients {
	enum role to;
	uint32_t cc;
};

/**
 * To the 专员 if filed, else to the 网络安全员, else to the head of the unit as
 * interim; the other of the first two always gets a copy, the head from grade
 * high on.
 *
 * Source:  articles 13 and 15.
 * Returns: 0, or E_ABSENT when nobody is filed.
 */
NODISCARD int notice_recipients(const struct notice_people *people, enum grade grade,
	struct notice_recipients *ret_recipients);

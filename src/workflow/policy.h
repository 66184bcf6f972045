/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The school's adopted parameters: how long things may take, how often they
 * may be extended, who is reminded when.  The regulation names no number, so
 * none is a constant in code; policy/school-2023-v1.json is the first edition.
 *
 * Layer: workflow.  Threading: reentrant; a filled policy is only read.
 * Fuzz target: fuzz/policy.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/diag.h"
#include "model/scale.h"
#include "workflow/calendar.h"

enum {
	POLICY_VERSION_MAX = 48,                     /* of the text's own name */
	POLICY_STAMPED_MAX = POLICY_VERSION_MAX + 9, /* with its digest's beginning */
	POLICY_SUBJECT_MAX = 24,
	POLICY_DOCUMENT_MAX = 128,    /* octets of 文号 or 《title》 */
	POLICY_TEXT_MAX = 256 * 1024, /* octets of one policy file */
	POLICY_LADDER_RUNGS = 4,      /* after the due instant itself */
	POLICY_KINDS_MAX = 64,        /* of findings */
	POLICY_PAPERS_MAX = 32,       /* kinds of papers */
	POLICY_QUESTIONS_MAX = 8,     /* of the school's own in a self-check */
	POLICY_QUESTION_ID_MAX = 24,  /* octets, each with the NUL */
	POLICY_QUESTION_TEXT_MAX = 241,
	POLICY_QUESTION_VALUE_MAX = 97,
};

/** Rules that may differ by the grade of a finding or notice. */
enum policy_rule {
	POLICY_TRIAGE,       /* a new finding is judged */
	POLICY_REVIEW,       /* a draft is reviewed */
	POLICY_DELIVERY_CAP, /* the clock starts at most this long after issue */
	POLICY_SIGN_FOR,
	POLICY_CONTAINMENT, /* temporary control stands; urgent only in practice */
	POLICY_REMEDIATION,
	POLICY_CORRECTION, /* a returned report has at least this long */
	POLICY_AGAIN,      /* a further round has at least this long */
	POLICY_VERIFICATION,
	POLICY_BRIEF,   /* the vice president is briefed */
	POLICY_CONFIRM, /* an issue without second person is confirmed */
	POLICY_OBJECTION,
	POLICY_DECISION,        /* an objection is decided */
	POLICY_SETTLE,          /* what cannot be verified is settled */
	POLICY_TASK_REMIND,     /* this long before a task is due */
	POLICY_SUPERIOR_BUFFER, /* kept back of a superior's deadline, at most */
	POLICY_LADDER_1,        /* overdue level 1 is this long after due */
	POLICY_LADDER_2,
	POLICY_LADDER_3,
	POLICY_LADDER_4,
	POLICY_RULE_COUNT,
};

/** About the people who answer for a unit; a policy may be silent on each. */
struct policy_officers {
	int32_t dead_calls; /* a phone dead so often is a sign of its owner having left */
	int32_t doubt_days; /* working days a doubt waits for the unit head */
	int32_t doubt_ladder_days; /* and then on every rung */
	int32_t handover_days;     /* who has handed over may still read */
	int32_t code_days;         /* a first code is good */
	int32_t link_days;         /* as is a link for one purpose */
	int32_t units_warn;        /* a person may answer for so many units without a word */
	int32_t review_days;       /* working days to confirm the list of a term */
	int32_t review_grace_days; /* and from then on until silence is a sign */
};

/** Before a deadline of a unit; 0 of any = that one is off. */
struct policy_reminders {
	int32_t first_percent; /* of the time there is */
	int32_t second_percent;
	int32_t days_before; /* working days */
	int32_t hours_before;
	int32_t gap_hours; /* between two */
};

/** How long people have in an event; the clock starts when it was known of unless said otherwise. */
struct policy_events {
	struct due_rule initial;       /* a unit's first written report, from grade Ⅲ on */
	struct due_rule initial_minor; /* of grade Ⅳ, and while it is not graded */
	struct due_rule grading;       /* after it was reported */
	struct due_rule follow_major;  /* from one follow-up report to the next: Ⅰ and Ⅱ */
	struct due_rule follow_larger; /* Ⅲ */
	struct due_rule follow_minor;  /* Ⅳ */
	struct due_rule report_up;     /* by when the school means to have told an authority */
	struct due_rule alarms[3];     /* while an authority is not told */
	struct due_rule summary;       /* the school's final report, after it was over */
	struct due_rule national;      /* the summary to whom it was reported */
};

/** A question the school adds to those of article 10; workflow/selfcheck_template.h reads it. */
struct policy_question {
	char id[POLICY_QUESTION_ID_MAX];
	char text[POLICY_QUESTION_TEXT_MAX];
	char text_en[POLICY_QUESTION_TEXT_MAX]; /* "" = as text */
	char value[POLICY_QUESTION_VALUE_MAX];  /* "" = no value is asked for */
	char value_en[POLICY_QUESTION_VALUE_MAX];
};

/** Self-checks of the units 自查 (article 10). */
struct policy_selfcheck {
	int32_t open_min;         /* minute of the day a unit is asked */
	int32_t remind_min;       /* … and reminded */
	struct due_rule due_week; /* late after that long */
	struct due_rule due_day;
	struct due_rule sample_due; /* the centre has looked at one; then it is closed */
	int32_t key_days;           /* 1 = key systems are asked about every working day */
	int32_t in_breaks;          /* 1 = also between terms */
	int32_t sample_percent;     /* of the units, every week */
	int32_t same_text;          /* so many times the same words: looked at */
	int32_t missed_row;         /* one after another: the unit's head hears of it */
	int32_t missed_month;       /* in a month: the director does */
	size_t question_count;
	struct policy_question questions[POLICY_QUESTIONS_MAX];
};

struct policy {
	char version[POLICY_STAMPED_MAX];
	struct due_rule rules[POLICY_RULE_COUNT][GRADE_COUNT];
	struct due_rule ack_day[ALERT_SEVERITY_COUNT]; /* an incident is taken up */
	struct due_rule ack_night[ALERT_SEVERITY_COUNT];
	struct due_rule ack_timeout[ALERT_SEVERITY_COUNT]; /* taken up, then silent */
	int32_t night_from_min;                            /* minutes of the day, local */
	int32_t night_to_min;
	int32_t day_end_min;
	int32_t extension_count_max;
	int32_t extension_percent_max; /* of the original length */
	int32_t false_positive_review_days;
	int32_t recurrence_days;    /* the same finding again within this is the same record */
	int32_t recurrence_percent; /* of the time the first one had */
	int32_t acceptance_days_max;
	int32_t recheck_days[2];         /* after it was closed, looked at again */
	int32_t offline_recheck_days;    /* what was out of service */
	int32_t failed_supervised;       /* rounds that failed: overdue level 2 at once */
	int32_t failed_accountable;      /* … a matter of accountability */
	int32_t superior_buffer_percent; /* of the time left, at most */
	int32_t superior_short_hours;    /* with less left only the share counts */
	int32_t incoming_remind_percent; /* of the time to a paper's inner limit */
	struct policy_reminders reminders;
	int32_t alerts_per_source_minute;
	int32_t incident_window_min; /* alerts of one asset this close are one incident */
	struct policy_officers officers;
	int32_t regulation_review_days; /* the regulation is looked through this often (article 19) */
	struct policy_events events;
	struct policy_selfcheck selfcheck;
	uint8_t routes
		[POLICY_KINDS_MAX]; /* enum owner by kind of finding, workflow/routing.h */
	char document[POLICY_DOCUMENT_MAX]; /* the regulation as papers cite it: 文号 */
	int32_t articles
		[POLICY_PAPERS_MAX]; /* by enum paper_kind, that it rests on; 0 = none */
};

/** One text that records are judged by, as it was read. */
struct policy_text {
	const char *kind;                 /* "policy", "calendar" */
	char subject[POLICY_SUBJECT_MAX]; /* "policy", "calendar-2026" */
	char name[POLICY_VERSION_MAX];    /* what it calls itself */
	struct slice text;
	bool site;  /* the school's own file, not the one that came along */
	int64_t id; /* of the version kept; 0 = not known yet */
};

/**
 * Add to a version's name which text it is: "@" and the first 8 digits of the
 * text's SM3.
 *
 * Shape:   room holds the name and 9 octets more.
 */
void policy_stamp(char *version, size_t room, struct slice text);

/**
 * Read a policy file.
 *
 * Shape:   {"id","title","document","parameters":[{"name","value","origin"},…]};
 *          document is how papers cite it, without it 《title》; every
 *          parameter once, none unknown, each within its range, graver never
 *          slower than milder.  A parameter that came with a later edition may
 *          be missing from an older text, and is then what it was first.
 * Returns: 0, or E_INPUT with every mistake in errors, or E_LIMIT.
 */
NODISCARD int policy_parse(
	struct slice text, struct policy *ret_policy, struct diag_list *errors);

/**
 * The same of a text that was kept, perhaps by an older program: what it lacks
 * is as in otherwise (NULL: nothing may lack).
 */
NODISCARD int policy_parse_over(struct slice text, const struct policy *otherwise,
	struct policy *ret_policy, struct diag_list *errors);

/** What a parameter may be: minutes (a working day counted as a day) or a plain number. */
struct policy_parameter {
	const char *name;
	const char *kind; /* "duration", "number", "time" */
	int64_t min;
	int64_t max;
};

/** The parameters in the order they are shown; false behind the last. */
bool policy_parameter_at(size_t at, struct policy_parameter *ret_parameter);

enum policy_holds { POLICY_OWN, POLICY_ABOVE };

/**
 * Of the school's duration and that of a rule above it, which holds: the
 * shorter one, a working day counted as a day; the only one where one lacks.
 */
enum policy_holds policy_stricter(struct slice school, struct slice above);

/** The rule for a grade. */
struct due_rule policy_rule(
	const struct policy *policy, enum policy_rule rule, enum grade grade);
/** Its parameter's name, for a derivation: "remediation.high".  Static. */
const char *policy_rule_name(enum policy_rule rule, enum grade grade);
/** How long an incident may wait for somebody to take it up, by the hour it opens. */
struct due_rule policy_ack(const struct policy *policy, enum alert_severity severity,
	int64_t at_ms, int32_t offset_min);

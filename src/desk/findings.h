/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The acts on findings 隐患 until a notice takes them along.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/**
 * POST /findings: by hand, or from an incident, whose asset, unit, check and
 * evidence it takes.  The same thing again answers the finding that is open;
 * one that was closed a short time ago opens again and counts it.
 */
NODISCARD int desk_finding_create(struct desk *desk);
/**
 * POST /findings/report: a unit reports what it has seen itself (art. 18), with
 * three answers and no judgement: that is the centre's.  Whoever is on duty is
 * told at once, and the reporter has a receipt.
 */
NODISCARD int desk_finding_report(struct desk *desk);
/** The same as part of another act, whose body it reads. */
NODISCARD int finding_report_as(struct desk *desk, struct slice kind);
/** Members given change it on the way. */
NODISCARD int desk_finding_confirm(struct desk *desk);
/** From grade high on it waits for a second operator, where there are three people. */
NODISCARD int desk_finding_false_positive(struct desk *desk);
/** Another operator agrees that it is one. */
NODISCARD int desk_finding_second(struct desk *desk);

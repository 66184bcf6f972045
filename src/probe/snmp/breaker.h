/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The circuit breaker of one device: after some requests without any answer
 * nothing is asked of it but one cheap question at growing intervals, so that
 * the dead cost next to nothing.
 *
 * Layer: probe.  Threading: reentrant; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	BREAKER_FAILURES = 3, /* requests in a row, each after its repeats */
	BREAKER_WAIT_FIRST_MS = 5000,
	BREAKER_WAIT_MAX_MS = 60000,
};

struct breaker {
	uint8_t failures;
	bool open;
	bool probing;
	uint32_t wait_ms;
	int64_t probe_ms; /* when the next question may go */
};

enum breaker_say {
	BREAKER_GO,
	BREAKER_PROBE,  /* ask the cheap question first; the caller says how it ended */
	BREAKER_REFUSE, /* it is dead, and it was asked lately */
};

/** May a request go out now? */
enum breaker_say breaker_ask(struct breaker *breaker, int64_t now_ms);

/** The wait for the next question is over: somebody needs to know now. */
void breaker_wake(struct breaker *breaker);

/** It answered, whatever it said. */
void breaker_good(struct breaker *breaker);

/**
 * No answer to a request, its repeats included.  spread (0..255) moves the next
 * question by up to a quarter, so that devices that died together do not stay in step.
 */
void breaker_bad(struct breaker *breaker, int64_t now_ms, uint8_t spread);

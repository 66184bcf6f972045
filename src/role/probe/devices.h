/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What SNMP checks find, on its way: figures into the tails, ports that go
 * down or come back as signals, the device itself to the desk.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "probe/snmp/sink.h"

struct devices;
struct ipc_frame;
struct jw;
struct probe;
struct profiles;

/** Before the fence: reads the profiles; bad ones are left out and logged. */
struct devices *devices_create(struct probe *probe);
struct devices *devices_destroy(struct devices *devices);
const struct profiles *devices_profiles(const struct devices *devices);
/** For prober_config. */
struct snmp_sink devices_sink(struct devices *devices);
/** A `look` frame of collect: a device says that its ports changed. */
void devices_look(struct devices *devices, const struct ipc_frame *frame);
void devices_status(const struct devices *devices, struct jw *jw);

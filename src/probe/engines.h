/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an engine may use to ask with: the sets that bound how much is open
 * at once, and what was opened before the fence.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include "probe/http/page_compare.h"

struct ask_set;
struct dhcp_asker;
struct dns_checker;
struct plugin_door;
struct ping;
struct snmp_checker;
struct stream_set;
struct tls_client;
struct train_set;

struct engines {
	struct ping *ping;
	struct train_set *trains;
	struct stream_set *streams;
	struct ask_set *asks;
	struct dns_checker *dns;
	struct dhcp_asker *dhcp;
	struct snmp_checker *snmp;
	const struct plugin_door *plugins; /* NULL = none can be run */
	struct tls_client *tls;            /* NULL = no TLS can be spoken */
	struct page_sink pages;            /* of compared home pages; may be empty */
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/guess.h"

#include <stddef.h>

static const char *const texts[GUESS_COUNT] = { [GUESS_NETWORK] = "network",
	[GUESS_PRINTER] = "printer",
	[GUESS_CAMERA] = "camera",
	[GUESS_PHONE] = "phone",
	[GUESS_MOBILE] = "mobile",
	[GUESS_SERVER] = "server",
	[GUESS_STORAGE] = "storage",
	[GUESS_POWER] = "power" };

/* Names of profiles (profiles/ *.yaml, os), parted by blanks. */
static const char *const systems[GUESS_COUNT] = {
	[GUESS_NETWORK] =
		" vrp comware ruijie ios iosxe iosxr nxos asa ciscosb ciscowlc meraki"
		" junos procurve arubaos arubaos-cx arista_eos aos7 awplus cumulus"
		" dcn-software dell-os10 dnos dlink dptech edgecos edgeos edgeswitch"
		" eltex-mes epmp f5 fs-switch fortigate fortiswitch hillstone ironware"
		" jetstream mypower netgear openwrt opnsense panos pfsense raisecom"
		" routeros ruckuswireless sangfor smartax sonicwall sophos-xg topsec"
		" tplink unifi airos vyos firebox xos zxr10 zynos ",
	[GUESS_PRINTER] = " brother canonprinter epson fuji-xerox jetdirect konica kyocera"
			  " lexmarkprinter oki pantum ricoh samsungprinter sharp xerox ",
	[GUESS_CAMERA] = " axiscam hikvision-cam hikvision-nvr dahua-nvr ",
	[GUESS_SERVER] = " linux windows vmware-esxi freebsd openbsd proxmox drac hpe-ilo"
			 " huawei-ibmc inspur-bmc ibm-imm supermicro-bmc ",
	[GUESS_STORAGE] = " dsm qnap netapp truenas ",
	[GUESS_POWER] = " apc cyberpower deltaups eatonpdu eatonups huaweiups ups liebert"
			" raritan sentry4 geist-watchdog ",
};

/* Who makes hardly anything else, as he is written in IEEE's registry or in a profile.  Huawei, HP,
 * Cisco, Apple, Samsung, TP-Link and Xiaomi make many kinds: not here. */
static const struct {
	const char *word;
	enum device_guess what;
} makers[] = {
	{ "hikvision", GUESS_CAMERA },
	{ "dahua", GUESS_CAMERA },
	{ "uniview", GUESS_CAMERA },
	{ "tiandy", GUESS_CAMERA },
	{ "axis communications", GUESS_CAMERA },
	{ "vivotek", GUESS_CAMERA },
	{ "hanwha vision", GUESS_CAMERA },
	{ "brother industries", GUESS_PRINTER },
	{ "kyocera document", GUESS_PRINTER },
	{ "kyocera display", GUESS_PRINTER },
	{ "ricoh", GUESS_PRINTER },
	{ "lexmark", GUESS_PRINTER },
	{ "seiko epson", GUESS_PRINTER },
	{ "xerox", GUESS_PRINTER },
	{ "konica minolta", GUESS_PRINTER },
	{ "pantum", GUESS_PRINTER },
	{ "yealink", GUESS_PHONE },
	{ "grandstream", GUESS_PHONE },
	{ "fanvil", GUESS_PHONE },
	{ "polycom", GUESS_PHONE },
	{ "snom technology", GUESS_PHONE },
	{ "vivo mobile", GUESS_MOBILE },
	{ "oppo mobile", GUESS_MOBILE },
	{ "oneplus", GUESS_MOBILE },
	{ "huawei device", GUESS_MOBILE },
	{ "honor device", GUESS_MOBILE },
	{ "motorola mobility", GUESS_MOBILE },
	{ "super micro", GUESS_SERVER },
	{ "supermicro", GUESS_SERVER },
	{ "inspur", GUESS_SERVER },
	{ "dawning information", GUESS_SERVER },
	{ "vmware", GUESS_SERVER },
	{ "synology", GUESS_STORAGE },
	{ "qnap", GUESS_STORAGE },
	{ "netapp", GUESS_STORAGE },
	{ "american power conversion", GUESS_POWER },
	{ "vertiv", GUESS_POWER },
	{ "h3c", GUESS_NETWORK },
	{ "ruijie", GUESS_NETWORK },
	{ "maipu", GUESS_NETWORK },
	{ "juniper", GUESS_NETWORK },
	{ "aruba", GUESS_NETWORK },
	{ "ruckus", GUESS_NETWORK },
	{ "arista", GUESS_NETWORK },
	{ "extreme networks", GUESS_NETWORK },
	{ "mikrotik", GUESS_NETWORK },
	{ "routerboard", GUESS_NETWORK },
	{ "ubiquiti", GUESS_NETWORK },
	{ "fortinet", GUESS_NETWORK },
	{ "hillstone", GUESS_NETWORK },
	{ "sangfor", GUESS_NETWORK },
};

const char *guess_text(enum device_guess what)
{
	return what < GUESS_COUNT ? texts[what] : NULL;
}

static uint8_t small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool letter(uint8_t c)
{
	return small(c) >= 'a' && small(c) <= 'z';
}

/* As a word of it or the beginning of one: "Aruba, a Hewlett Packard", no "Karuba". */
static bool has_word(struct slice text, struct slice word)
{
	for (size_t at = 0; at + word.n <= text.n; at++) {
		size_t same = 0;
		while (same < word.n && small(text.p[at + same]) == word.p[same]) {
			same++;
		}
		if (same == word.n && (at == 0 || !letter(text.p[at - 1]))) {
			return true;
		}
	}
	return false;
}

static enum device_guess by_maker(struct slice maker)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		if (has_word(maker, slice_str(makers[i].word))) {
			return makers[i].what;
		}
	}
	return GUESS_NOTHING;
}

static enum device_guess by_system(struct slice system)
{
	for (unsigned what = 1; what < GUESS_COUNT && system.n > 0; what++) {
		struct slice rest = slice_str(systems[what]);
		struct slice name = { 0 };
		while (slice_cut(rest, ' ', &name, &rest)) {
			if (slice_eq(name, system)) {
				return (enum device_guess)what;
			}
		}
	}
	return GUESS_NOTHING;
}

struct guess guess_of(const struct guess_basis *basis)
{
	const struct {
		enum device_guess what;
		unsigned by;
	} said[] = { { by_system(basis->system), GUESS_BY_SYSTEM },
		{ by_maker(basis->vendor), GUESS_BY_VENDOR },
		{ by_maker(basis->maker), GUESS_BY_MAKER } };
	struct guess guess = { 0 };
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		guess.what = guess.what == GUESS_NOTHING ? said[i].what : guess.what;
		if (said[i].what != GUESS_NOTHING && said[i].what == guess.what) {
			guess.by |= said[i].by;
		}
	}
	return guess;
}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""offload.py LINK: switch off transmit checksums and segmentation left to hardware."""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO = 0x17, 0x1F, 0x24


def switch_off(link, what):
    value = array.array("B", struct.pack("II", what, 0))
    request = struct.pack("16sP", link.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCETHTOOL, request)


for setting in (ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO):
    switch_off(sys.argv[1], setting)

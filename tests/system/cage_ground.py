# SPDX-License-Identifier: Apache-2.0
"""What a machine must have for a cage of foreign plugins."""
import os
import pathlib
import shutil
import subprocess

from tap import skip

PLUGINS = pathlib.Path("/usr/lib/nagios/plugins")


def want():
    """Skips the test, saying why, where there cannot be a cage."""
    if os.geteuid() != 0:
        skip("needs root, for network namespaces")
    if not (PLUGINS / "check_http").exists() or shutil.which("nft") is None:
        skip("needs monitoring-plugins-standard and nftables")
    if subprocess.run(["unshare", "-Un", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        skip("the kernel refuses user namespaces, as it does in a chroot")

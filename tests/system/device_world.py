# SPDX-License-Identifier: Apache-2.0
"""A platform on a desk that watches simulated devices."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

import test_line as line
from platform_driver import NAME, Platform, on_a_desk
from postgres_driver import with_stores
from tap import case, end
from test_snmp import BUILD, HOUSE, Lab


def campus(folder, *words, more=()):
    """The simulator with a campus made for it; words go to lab/snmp/campus.py, more to the simulator."""
    subprocess.run([HOUSE / "lab/snmp/campus.py", folder, *words], check=True, stdout=subprocess.DEVNULL)
    return Lab(folder, [*(folder / "campus.sim").read_text().splitlines(), *more])


def main(lab_of, walk, postgresql=False):
    """walk(cast, platform, lab) with five people and the devices of lab_of(folder), then the audit."""
    def on_the_desk(stores):
        platform = Platform(stores.fresh(), NAME)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-devices-"))
        lab = None
        try:
            lab = lab_of(folder)
            platform.start()
            walk(line.setup(platform, "five"), platform, lab)
            platform.stop()
            line.audit(platform)
        except Exception:
            case("it runs to its end", False, traceback.format_exc()[-1500:].replace("\n", "\n# "))
            print("# " + platform.log_tail().replace("\n", "\n# "))
            platform.stop()
        finally:
            if lab:
                lab.close()
            platform.remove()
            shutil.rmtree(folder, ignore_errors=True)
        return end()

    if not os.path.exists(BUILD / "lab/snmp/snmp-lab"):
        print("1..0 # SKIP the simulator is not built")
        sys.exit(77)
    on_a_desk(with_stores(on_the_desk, postgresql))

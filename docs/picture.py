"""Makes docs/picture.png, the README's picture: the desk of `monitor demo --keep`, as Chromium shows it.

    python docs/picture.py [FILE] [PATH] [--dark] [--phone]

Needs the [test] extra and a Chromium (`apt-get install chromium`; another one by MONITOR_CHROMIUM).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main() -> None:
    """Run the demo, log in, wait for what it tells, take the picture."""
    words = argparse.ArgumentParser()
    words.add_argument("file", nargs="?", default=Path(__file__).with_name("picture.png"), type=Path)
    words.add_argument("path", nargs="?", default="/stories")
    words.add_argument("--dark", action="store_true")
    words.add_argument("--phone", action="store_true")
    given = words.parse_args()
    command = [sys.executable, "-u", "-m", "monitor", "demo", "--keep"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        address = name = password = ""
        for line in demo.stdout:
            if found := re.search(r"The desk: (\S+) \(name (\S+), password (\S+)\)", line):
                address, name, password = found.groups()
            if "stay up. Ctrl-C" in line:
                break
        try:
            picture(address, name, password, given)
        finally:
            demo.send_signal(signal.SIGINT)
    print(f"{given.file}: {given.file.stat().st_size / 1000:.0f} kB")


def picture(address: str, name: str, password: str, given: argparse.Namespace) -> None:
    """One page of the desk as PNG."""
    chromium = os.environ.get("MONITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 390, "height": 844} if given.phone else {"width": 1180, "height": 1060},
            color_scheme="dark" if given.dark else "light",
        )
        page.goto(address)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.goto(address.rstrip("/") + given.path)
        if given.path == "/story":
            page.goto(address + "stories")
            page.locator(".stories h2 a").first.click()
        page.screenshot(path=given.file)
        browser.close()


if __name__ == "__main__":
    main()

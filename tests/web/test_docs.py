"""The lines of docs/api.md do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.settings.settings import WebSettings
from monitor.web.desk import desk
from monitor.web.serving import listen, serving

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = [block for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL) if "curl" in block]


@pytest.fixture
def environment(filled) -> Iterator[dict[str, str]]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here: the lines of docs/api.md were not tried")
    with closing(listen(WebSettings(port=0))) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with serving(desk(filled.behind), listening):
            yield {**os.environ, "DESK": address, "LOGIN": "anna:four small words here", "no_proxy": "*"}


def test_every_line_is_answered(environment: dict[str, str]) -> None:
    assert len(EXAMPLES) == TEXT.count("```sh\n") - 1 == 10
    for block in EXAMPLES:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), block
        assert done.stdout.strip(), block


def test_every_route_for_programs_is_told_of(filled, basic) -> None:
    paths = filled.client.get("/api/v1/openapi.json", headers=basic).json()["paths"]
    lists = {path.rpartition("/{")[0] if path.endswith("}") else path for path in paths if not path.endswith("/retry")}
    told = lists - {"/api/v1/articles"}
    assert [path for path in sorted(told) if path not in TEXT] == []
    assert "/retry" in TEXT

import subprocess
import sys


def test_the_demo_shows_everything_and_ends_by_itself_within_thirty_seconds() -> None:
    done = subprocess.run([sys.executable, "-m", "monitor", "demo"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "Every expected alert arrived, by mail and by webhook, and no other." in lines
    assert any("read" in line and "[scam networks]" in line for line in lines)
    assert any("story" in line and "no second alert" in line for line in lines)
    assert any("broken" in line and "Pulau Pos" in line and "HTTP 500" in line for line in lines)
    assert any("webhook" in line and "signature verified" in line for line in lines)
    assert any("in 3 sites" in line for line in lines)

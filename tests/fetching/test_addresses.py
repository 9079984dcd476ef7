from __future__ import annotations

import pytest

from monitor.errors import ConfigError
from monitor.fetching.addresses import networks, why_refused

SPECIAL = [
    "0.0.0.0", "0.1.2.3", "10.0.0.5", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.5", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:5", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:5::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "200::1", "1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip


@pytest.mark.parametrize("address", SPECIAL)
def test_an_address_that_is_not_public_is_refused_with_a_reason(address):
    reason = why_refused(address)
    assert reason is not None
    assert "is not a public address" in reason


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:2800:220:1::1",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
    ],
)
def test_a_public_address_may_be_connected_to(address):
    assert why_refused(address) is None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "2130706433", "8.8.8.8.", "8.8.8.8/32", " 8.8.8.8"])
def test_what_is_no_address_is_refused(text):
    assert why_refused(text) == f"{text} is not an IP address"


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("127.0.1.1", False),
        ("10.1.2.3", True),
        ("::1", False),
        ("fd00::5", True),
    ],
)
def test_a_network_that_is_opened_opens_nothing_beside_it(address, opened):
    allow = networks(["127.0.0.0/24", "10.1.2.3", "fd00::/64"])
    assert (why_refused(address, allow) is None) is opened


def test_every_text_that_is_no_network_is_named_at_once():
    with pytest.raises(ConfigError) as caught:
        networks(["127.0.0.0/8", "loopback", "10.0.0.1/8"])
    assert [problem.found for problem in caught.value.problems] == ["loopback", "10.0.0.1/8"]

import ipaddress

import pytest

from assistant.errors import DocumentError
from ingest.weblinks import absolute, file_name_of, is_url, may_fetch_from, split_hosts

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("text", ["http://a.gov.cn", "HTTPS://a.gov.cn/办法.html"])
def test_web_addresses_are_told_from_paths(text: str):
    assert is_url(text)
    assert not is_url("资料/办法.docx")
    assert not is_url("C:\\资料\\办法.docx")


@pytest.mark.parametrize("text", ["file:///etc/passwd", "ftp://a.gov.cn/x.pdf", "gopher://x"])
def test_other_schemes_are_refused_not_taken_for_paths(text: str):
    with pytest.raises(DocumentError, match="http"):
        is_url(text)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1",
     "::1", "fc00::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1"],
)  # fmt: skip
def test_addresses_that_are_not_public_need_the_operators_word(address: str):
    assert not may_fetch_from(ipaddress.ip_address(address), allowed=False)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "::ffff:169.254.169.254"],
)
def test_addresses_that_nobody_can_allow(address: str):
    assert not may_fetch_from(ipaddress.ip_address(address), allowed=True)


def test_public_and_allowed_addresses():
    assert may_fetch_from(ipaddress.ip_address("8.8.8.8"), allowed=False)
    assert may_fetch_from(ipaddress.ip_address("2606:4700::1111"), allowed=False)
    assert may_fetch_from(ipaddress.ip_address("10.1.2.3"), allowed=True)


def test_hosts_of_the_setting():
    assert split_hosts("OA.example.gov.cn, 10.1.2.3；portal") == {"oa.example.gov.cn", "10.1.2.3", "portal"}
    assert split_hosts("") == frozenset()


@pytest.mark.parametrize(
    ("url", "kind", "disposition", "name"),
    [
        ("http://a/art/content_1.html", "text/html; charset=utf-8", "", "content_1.html"),
        ("http://a/", "text/html", "", "网页.html"),
        ("http://a/show.jsp?id=1", "text/html", "", "show.html"),
        ("http://a/%E5%8A%9E%E6%B3%95.pdf", "application/pdf", "", "办法.pdf"),
        ("http://a/down?id=1", "application/pdf", "", "down.pdf"),
        ("http://a/down?id=1", DOCX, "attachment; filename*=UTF-8''%E5%8A%9E%E6%B3%95.docx", "办法.docx"),
        ("http://a/x.docx", "text/plain", "", "x.docx"),
        ("http://a/x.wps", "application/octet-stream", "", "x.wps"),
        ("http://a/down", "application/x-unheard-of", 'attachment; filename="../../a.ofd"', "_.._a.ofd"),
    ],
)
def test_name_of_a_fetched_file(url: str, kind: str, disposition: str, name: str):
    assert file_name_of(url, {"content-type": kind, "content-disposition": disposition}) == name


@pytest.mark.parametrize("kind", ["application/json", "video/mp4", "text/css", "application/javascript"])
def test_what_is_no_document_is_refused(kind: str):
    with pytest.raises(DocumentError, match=kind):
        file_name_of("http://a/x", {"content-type": kind})


def test_links_are_made_whole_where_the_page_is_known():
    assert absolute("http://a/b/c.html", "../d.doc") == "http://a/d.doc"
    assert absolute(None, "../d.doc") == "../d.doc"

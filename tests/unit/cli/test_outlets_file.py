"""The file that says whom plans may call: what it means, and what is said of one that means nothing."""

import os
from pathlib import Path

import pytest

from autonomic.cli.doctor.outlets import examine_outlets
from autonomic.cli.doctor.surroundings import REAL
from autonomic.cli.doctor.verdicts import Outcome
from autonomic.environment.addresses import forbidden, is_loopback
from autonomic.environment.outlets import read_outlets
from autonomic.settings import Settings, SettingsError
from tests.contract.scripted_server import answering, http

SECRET = "s3cr3t"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AUTONOMIC_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the outlets are read from; the files that they name lie beside it."""
    (tmp_path / "url").write_text(f"slack://{SECRET}\n")
    (tmp_path / "token").write_text(f"{SECRET}\n")
    (tmp_path / "headers").write_text(f"Authorization: Basic {SECRET}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTONOMIC_OUTLETS_FILE", str(tmp_path / "outlets.yaml"))
    return tmp_path / "outlets.yaml"


def written(file: Path, *outlets: str) -> Path:
    """The file, with these outlets; FOLDER means where it lies."""
    file.write_text("outlets:\n" + "".join(f"- {each}\n" for each in outlets).replace("FOLDER", str(file.parent)))
    return file


def test_without_a_file_nobody_is_called() -> None:
    assert Settings.read().outlets == ()


def test_an_outlet_is_what_the_file_says(file: Path) -> None:
    written(
        file,
        "{name: oncall, type: Channel, urlFile: FOLDER/url}",
        "{name: conductor, type: Endpoint, url: 'https://conductor.example/ask', bearerTokenFile: FOLDER/token,"
        " headers: {X-Tenant: shop}}",
    )
    oncall, conductor = Settings.read().outlets
    assert oncall.address().scheme == "slack"
    assert conductor.wire_headers() == {"X-Tenant": "shop", "Authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize(
    ("outlet", "said"),
    [
        (
            "{name: a, type: Channell, urlFile: FOLDER/url}",
            "outlets[0] (a).type is 'Channell': Input should be 'Channel'",
        ),
        ("{name: On Call, type: Channel, urlFile: FOLDER/url}", "outlets[0] (On Call).name is 'On Call': "),
        ("{name: a, type: Channel}", "outlets[0] (a): set exactly one of url and urlFile"),
        ("{name: a, type: Channel, urlFile: FOLDER/none}", "it can't be read (No such file or directory): mount"),
        ("{name: a, type: Channel, urlFile: s3cr3t}", "outlets[0] (a).urlFile: write the absolute path of a file"),
        ("{name: a, type: Channel, url: 'ftp://x/s3cr3t'}", "url: it begins with none of alertmanagers://"),
        (
            "{name: a, type: Channel, url: 'json://x/s3cr3t'}",
            "url: it is not encrypted: write jsons://, or allowInsecure",
        ),
        (
            "{name: a, type: Endpoint, url: 'http://x/s3cr3t'}",
            "url: it is not encrypted: write https://, or allowInsecure",
        ),
        ("{name: a, type: Endpoint, url: 'https://u:s3cr3t@x/'}", "leave out the login and the fragment"),
        ("{name: a, type: Endpoint, url: 'https://x:s3cr3t/'}", "url: its host or port is none"),
        ("{name: a, type: Endpoint, url: 'https://169.254.169.254/'}", "its host is a link-local or metadata address"),
        ("{name: a, type: Channel, url: 'jsons://[fe80::1]/'}", "its host is a link-local or metadata address"),
        (
            "{name: a, type: Channel, urlFile: FOLDER/url, bearerTokenFile: FOLDER/token}",
            "bearerTokenFile is for an Endpoint",
        ),
        (
            "{name: a, type: Endpoint, url: 'https://x', bearerTokenFile: FOLDER/token, headersFile: FOLDER/headers}",
            "bearerTokenFile and a header Authorization are both set: leave one of them out",
        ),
        (
            "{name: a, type: Endpoint, url: 'https://x', headers: {Idempotency-Key: s3cr3t}}",
            "is set by the operator itself",
        ),
        ("{name: a, type: Endpoint, url: 'https://x', headers: {X-A: 1}}", "a mapping of names to strings"),
        (
            "{name: a, type: Endpoint, url: 'https://x', headers: {X-A: \"s3cr3t\\nB: c\"}}",
            "the value of X-A is not one line",
        ),
        ("{name: a, type: Endpoint, url: 'https://x', token: s3cr3t}", "outlets[0] (a).token: Extra inputs"),
        ("oncall", "outlets[0]: Input should be"),
    ],
)
def test_a_mistake_is_told_with_the_outlet_the_field_and_the_way_out_and_no_secret(
    file: Path, outlet: str, said: str
) -> None:
    written(file, outlet)
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert str(told.value).startswith(f"AUTONOMIC_OUTLETS_FILE is '{file}': outlets[0]")
    assert said in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outlets: [", "the file is no YAML, line 1"),
        ("- name: a", "must hold `outlets:` with a list"),
        ("outlets: {}", "must hold `outlets:` with a list"),
        ("outlets: []\nchannels: []", "and nothing else"),
    ],
)
def test_a_file_that_is_no_list_of_outlets_is_told(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError, match=f"AUTONOMIC_OUTLETS_FILE is '.*': .*{said}"):
        Settings.read()


def test_a_file_that_is_missing_is_told(file: Path) -> None:
    with pytest.raises(SettingsError, match=r"AUTONOMIC_OUTLETS_FILE is '.*': it can't be read"):
        Settings.read()


def test_every_mistake_is_told_at_once_and_a_name_is_there_once(file: Path) -> None:
    good = "{name: a, type: Endpoint, url: 'https://x'}"
    written(file, good, good, "{name: b, type: Endpoint}")
    with pytest.raises(ValueError, match=r"outlets\[2\] \(b\): set exactly one .*; the name a is there twice"):
        read_outlets(file)


def test_without_tls_is_possible_on_this_machine_and_where_the_file_says_so(file: Path) -> None:
    written(
        file,
        "{name: a, type: Endpoint, url: 'http://127.0.0.1:8080/'}",
        "{name: b, type: Channel, url: 'json://localhost:8080/'}",
        "{name: c, type: Endpoint, url: 'http://conductor.maestro.svc/', allowInsecure: true}",
    )
    assert len(Settings.read().outlets) == 3


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
        "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "0.0.0.0", "::", "224.0.0.1", "ff02::1",  # noqa: S104
    ],
)  # fmt: skip
def test_an_address_of_the_node_or_of_nobody_is_never_called(address: str) -> None:
    assert forbidden(address, loopback=True)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.1.1", "93.184.216.34", "2606:2800::1", "fd12::1", "127.0.0.1"]
)
def test_every_other_address_may_be_called(address: str) -> None:
    assert forbidden(address, loopback=True) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_called_only_by_its_own_name(address: str) -> None:
    assert forbidden(address, loopback=False)
    assert is_loopback(address)
    assert not is_loopback("friend.example")


async def test_doctor_says_of_each_outlet_whether_it_can_be_reached(file: Path) -> None:
    async with answering(http(405, "")) as server:
        there, gone = server.url, server.url.rpartition(":")[0] + ":9"
        written(
            file,
            f"{{name: conductor, type: Endpoint, url: '{there}/{SECRET}'}}",
            f"{{name: oncall, type: Channel, url: '{there.replace('http', 'json')}/{SECRET}'}}",
            f"{{name: lost, type: Endpoint, url: '{gone}/{SECRET}'}}",
        )
        checks = await examine_outlets(REAL, Settings.read())
    assert [(each.name, each.outcome) for each in checks] == [
        ("outlet conductor", Outcome.OK),
        ("outlet oncall", Outcome.OK),
        ("outlet lost", Outcome.WARN),
    ]
    assert "plans can't call Endpoint lost: outlet lost did not answer" in checks[2].message
    assert not any(SECRET in each.message for each in checks)
    assert [head.partition(" ")[0] for head, _ in server.requests] == ["HEAD"]

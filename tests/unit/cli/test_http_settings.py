"""What the environment says of the HTTP API: for whose tokens, and with which certificate."""

from pathlib import Path

import pytest

from autonomic.settings import Settings, SettingsError
from tests.contract.certificates import Authority


def test_audiences_are_written_with_commas_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read().http_audiences == ()
    monkeypatch.setenv("AUTONOMIC_HTTP_AUDIENCES", "autonomic, https://kubernetes.default.svc")
    assert Settings.read().http_audiences == ("autonomic", "https://kubernetes.default.svc")


@pytest.mark.parametrize("said", ["autonomic,", ",", "two words", "a" * 257, ",".join("a" * 17)])
def test_what_is_no_audience_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("AUTONOMIC_HTTP_AUDIENCES", said)
    with pytest.raises(SettingsError, match="AUTONOMIC_HTTP_AUDIENCES is"):
        Settings.read()


def test_a_certificate_goes_with_its_key_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, other = authority.issue("ours"), authority.issue("other")
    assert Settings.read().certificate is None
    monkeypatch.setenv("AUTONOMIC_HTTP_CERTIFICATE_FILE", str(ours.certificate))
    with pytest.raises(SettingsError, match="AUTONOMIC_HTTP_KEY_FILE is not set: set both, or neither"):
        Settings.read()
    monkeypatch.setenv("AUTONOMIC_HTTP_KEY_FILE", str(other.key))
    with pytest.raises(SettingsError, match="key values mismatch"):
        Settings.read()
    monkeypatch.setenv("AUTONOMIC_HTTP_KEY_FILE", str(ours.key))
    read = Settings.read().certificate
    assert read is not None
    assert (read.chain, read.key) == (ours.certificate, ours.key)


def test_the_rates_of_tenants_are_what_an_administrator_says(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("http_requests_per_second", "http_decisions_per_second", "http_new_tokens_per_second")
    assert [getattr(Settings.read(), name) for name in names] == [50, 4000, 5]
    for number, name in enumerate(names, start=7):
        monkeypatch.setenv(f"AUTONOMIC_{name.upper()}", str(number))
    assert [getattr(Settings.read(), name) for name in names] == [7, 8, 9]


@pytest.mark.parametrize("said", ["0", "-1", "fast", "2000000"])
def test_a_rate_that_is_none_is_refused_with_what_it_is_otherwise(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("AUTONOMIC_HTTP_DECISIONS_PER_SECOND", said)
    with pytest.raises(SettingsError, match=f"AUTONOMIC_HTTP_DECISIONS_PER_SECOND is '{said}'.*Left out, it is 4000"):
        Settings.read()

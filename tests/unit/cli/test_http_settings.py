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

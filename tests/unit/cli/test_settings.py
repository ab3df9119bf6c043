"""What the environment says, and what is said of an environment that says nonsense."""

import os

import pytest
from pydantic import ValidationError

from autonomic.settings import Settings, SettingsError, misspelt, variables, without_password


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AUTONOMIC_") or name == "KUBECONFIG"]:
        monkeypatch.delenv(name)


def test_an_empty_environment_is_enough() -> None:
    settings = Settings.read()
    assert settings.prometheus_url == "http://127.0.0.1:9090"
    assert settings.kubeconfig is None


def test_every_field_is_described_and_read_from_its_variable() -> None:
    assert all(info.description for info in Settings.model_fields.values())
    assert "AUTONOMIC_PLAN_TTL" in variables()
    assert "KUBECONFIG" in variables()


def test_a_variable_that_is_empty_counts_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOMIC_PLAN_EXPIRY", "")
    assert Settings.read().plan_expiry == "1h"


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.read().http_port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variable", "value", "way_out"),
    [
        ("AUTONOMIC_PLAN_EXPIRY", "1x", "such as 28d, 1h30m or 500ms"),
        ("AUTONOMIC_PLAN_TTL", "0s", "longer than nothing"),
        ("AUTONOMIC_PROMETHEUS_URL", "prometheus:9090", "http://host:port"),
        ("AUTONOMIC_PROMETHEUS_URL", "http://prometheus:many", "Port could not be cast"),
        ("AUTONOMIC_OPA_URL", "http://opa:8181/v1", "only a host and a port"),
        ("AUTONOMIC_HTTP_PORT", "70000", "less than or equal to 65535"),
        ("AUTONOMIC_LEASE_SECONDS", "ten", "Left out, it is 15"),
        ("AUTONOMIC_LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("AUTONOMIC_NAMESPACE", "Not A Name", "Left out, it is 'autonomic-system'"),
    ],
)
def test_a_bad_value_is_told_with_its_variable_itself_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, way_out: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert str(told.value).startswith(f"{variable} is {value!r}: ")
    assert way_out in str(told.value)


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOMIC_PLAN_TTL", "soon")
    monkeypatch.setenv("AUTONOMIC_HTTP_PORT", "soon")
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert len(str(told.value).splitlines()) == 2


def test_a_password_in_an_address_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_URL", "htp://reader:geheim@prometheus:9090")
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert "geheim" not in str(told.value)
    assert without_password("http://reader:ge@heim@prometheus:9090/x") == "http://prometheus:9090/x"


def test_a_log_level_may_be_written_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOMIC_LOG_LEVEL", "debug")
    assert Settings.read().log_level == "DEBUG"


def test_a_misspelt_variable_is_found_with_the_one_that_was_meant() -> None:
    assert misspelt({"AUTONOMIC_PROMETHEUS_URI": "x"}) == {"AUTONOMIC_PROMETHEUS_URI": "AUTONOMIC_PROMETHEUS_URL"}


def test_what_kubernetes_sets_for_a_service_called_autonomic_is_no_misspelling() -> None:
    links = ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8080_TCP", "PORT_8080_TCP_ADDR")
    assert misspelt({f"AUTONOMIC_{name}": "x" for name in links}) == {}

"""What the environment says, and what is said of an environment that says nonsense."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from autonomic.environment.server import Basic, Bearer, MetricsServer, Tls
from autonomic.settings import Settings, SettingsError, misspelt, variables, without_password
from tests.contract.certificates import Authority


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


def test_what_is_given_by_name_wins_over_the_environment_and_is_checked_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_URL", "http://elsewhere:9090")
    assert Settings.read(prometheus_url="http://here:9090").prometheus_url == "http://here:9090"
    with pytest.raises(SettingsError, match="AUTONOMIC_PROMETHEUS_URL is 'here'"):
        Settings.read(prometheus_url="here")


def test_tenants_share_no_server_unless_a_label_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read().tenant_label == ""
    monkeypatch.setenv("AUTONOMIC_TENANT_LABEL", "namespace")
    assert Settings.read().tenant_label == "namespace"


def test_so_many_objects_of_a_namespace_are_judged_and_all_of_them_where_an_administrator_says_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings.read().objects_per_namespace == 500
    monkeypatch.setenv("AUTONOMIC_OBJECTS_PER_NAMESPACE", "0")
    assert Settings.read().objects_per_namespace == 0


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
        ("AUTONOMIC_OBJECTS_PER_NAMESPACE", "-1", "0 is all of them. Left out, it is 500"),
        ("AUTONOMIC_LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("AUTONOMIC_NAMESPACE", "Not A Name", "Left out, it is 'autonomic-system'"),
        ("AUTONOMIC_TENANT_LABEL", "name-space", "write the name of a label, such as namespace"),
        ("AUTONOMIC_TENANT_LABEL", "__name__", "no __ first"),
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


def files(folder: Path, **contents: str) -> dict[str, str]:
    """Files with these contents, and their paths by name."""
    for name, content in contents.items():
        (folder / name).write_text(content)
    return {name: str(folder / name) for name in contents}


def test_prometheus_is_reached_as_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = files(tmp_path, token="t0ken\n")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE", paths["token"])
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_HEADERS", '{"X-Scope-OrgID": "shop|ops"}')
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_PARAMETERS", "dedup: true\n\npartial_response:false\n")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_CONCURRENCY", "8")
    assert Settings.read().metrics_server == MetricsServer(
        "http://127.0.0.1:9090",
        10.0,
        8,
        Bearer(tmp_path / "token"),
        headers={"X-Scope-OrgID": "shop|ops"},
        parameters={"dedup": "true", "partial_response": "false"},
    )


def test_a_user_and_its_password_are_one_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = files(tmp_path, password="geheim")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_USERNAME", "reader")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_PASSWORD_FILE", paths["password"])
    assert Settings.read().metrics_server.login == Basic("reader", tmp_path / "password")


def test_a_certificate_goes_with_its_key_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, other = authority.issue("ours"), authority.issue("other")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_URL", "https://prometheus:9090")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_CA_FILE", str(authority.file))
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_CERTIFICATE_FILE", str(ours.certificate))
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_KEY_FILE", str(ours.key))
    assert Settings.read().metrics_server.tls == Tls(authority.file, ours.certificate, ours.key)
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_KEY_FILE", str(other.key))
    with pytest.raises(SettingsError, match="key values mismatch") as told:
        Settings.read()
    assert str(ours.certificate) in str(told.value)
    assert str(other.key) in str(told.value)


CONTRADICTIONS = {
    "bearer and basic": (
        {"BEARER_TOKEN_FILE": "secret", "USERNAME": "=reader", "PASSWORD_FILE": "secret"},
        r"BEARER_TOKEN_FILE is '/.*secret' and \S+USERNAME is 'reader': .* leave the other out",
    ),
    "bearer and the address": (
        {"BEARER_TOKEN_FILE": "secret", "URL": "=http://reader:geheim@prometheus"},
        r"BEARER_TOKEN_FILE is '/.*secret' and \S+URL has a login in it: .* leave the other out",
    ),
    "user without password": (
        {"USERNAME": "=reader"},
        r"USERNAME is 'reader' and \S+PASSWORD_FILE is not set: set both",
    ),
    "password without user": (
        {"PASSWORD_FILE": "secret"},
        r"PASSWORD_FILE is '/.*' and \S+USERNAME is not set: set both",
    ),
    "certificate without key": (
        {"CERTIFICATE_FILE": "secret", "URL": "=https://prometheus"},
        r"CERTIFICATE_FILE is '/.*' and \S+KEY_FILE is not set: set both",
    ),
    "key without certificate": (
        {"KEY_FILE": "secret", "URL": "=https://prometheus"},
        r"KEY_FILE is '/.*' and \S+CERTIFICATE_FILE is not set: set both",
    ),
    "no certificate": (
        {"CERTIFICATE_FILE": "secret", "KEY_FILE": "secret", "URL": "=https://prometheus"},
        r"CERTIFICATE_FILE is '/.*' and \S+KEY_FILE is '/.*': .*write a PEM certificate",
    ),
    "certificate in the clear": (
        {"CERTIFICATE_FILE": "secret", "KEY_FILE": "secret"},
        r"CERTIFICATE_FILE is '/.*' and \S+URL begins with http://: write https://",
    ),
    "missing file": (
        {"PASSWORD_FILE": "=/nowhere/password"},
        r"PASSWORD_FILE is '/nowhere/password': it can't be read .*mount",
    ),
    "empty file": ({"BEARER_TOKEN_FILE": "empty"}, r"BEARER_TOKEN_FILE is '/.*': the file is empty"),
    "two lines": ({"BEARER_TOKEN_FILE": "lines"}, r"BEARER_TOKEN_FILE is '/.*': the file must hold one line"),
    "no authorities": (
        {"CA_FILE": "secret", "URL": "=https://prometheus"},
        r"CA_FILE is '/.*': it holds no certificate",
    ),
    "the token itself": (
        {"BEARER_TOKEN_FILE": "=geheim"},
        r"BEARER_TOKEN_FILE has a value that is not shown.*absolute path",
    ),
    "odd header": ({"HEADERS": "=geheim"}, r"HEADERS has a value that is not shown.*no colon: write a JSON object"),
    "odd name of a header": ({"HEADERS": "=X Y: geheim"}, r"HEADERS has a value that is not shown.*letters, digits"),
    "header with a line": ({"HEADERS": '={"X": "a\\nge: heim"}'}, r"the value of X is not one line"),
    "header of a number": ({"HEADERS": '={"X": 1}'}, r"every value in it must be a string"),
    "no json": ({"HEADERS": '={"X": geheim'}, r"begins as a JSON object and is none"),
    "header twice": ({"HEADERS": "=X: 1\nx: 2"}, r"a name is there twice"),
    "login as a header": (
        {"HEADERS": "=authorization: Bearer geheim"},
        r"HEADERS .*use AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE",
    ),
    "header of ours": ({"HEADERS": "=Host: a"}, r"Host is set by the operator itself: leave it out"),
    "parameter of ours": ({"PARAMETERS": "=query: up"}, r"query is set by the operator itself: leave it out"),
    "too many at once": ({"CONCURRENCY": "=0"}, r"CONCURRENCY is '0': .*greater than or equal to 1"),
    "user with a colon": ({"USERNAME": "=a:b"}, r"USERNAME is 'a:b'"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_can_not_be_asked_with_is_refused_by_name_with_the_way_out_and_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    variables, told = CONTRADICTIONS[case]
    paths = files(tmp_path, secret="geheim", empty=" \n", lines="ge\nheim")
    for name, value in variables.items():
        monkeypatch.setenv(f"AUTONOMIC_PROMETHEUS_{name}", value[1:] if value.startswith("=") else paths[value])
    with pytest.raises(SettingsError, match=told) as caught:
        Settings.read()
    assert "AUTONOMIC_PROMETHEUS_" in str(caught.value)
    assert "heim" not in str(caught.value)


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


SERVERS = """servers:
- name: eu
  url: https://thanos.eu/
  bearerTokenFile: {token}
  timeout: 20s
  parameters: {{partial_response: "false"}}
  headersFile: {headers}
- name: us
  url: http://prometheus.us:9090
"""


def test_further_servers_are_named_in_a_file_and_take_what_they_leave_out_from_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = files(tmp_path, token="t0ken", headers="X-Scope-OrgID: shop\n")
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_SERVERS_FILE", files(tmp_path, servers=SERVERS.format(**paths))["servers"])
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_CONCURRENCY", "8")
    found = Settings.read().metrics_servers
    assert list(found) == ["default", "eu", "us"]
    assert found["eu"] == MetricsServer(
        "https://thanos.eu",
        20.0,
        8,
        Bearer(tmp_path / "token"),
        headers={"X-Scope-OrgID": "shop"},
        parameters={"partial_response": "false"},
    )
    assert found["us"] == MetricsServer("http://prometheus.us:9090", 10.0, 8)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("servers: [{name: default, url: http://x}]", "'default' is the server of AUTONOMIC_PROMETHEUS_URL"),
        ("servers: [{name: eu}]", "servers[0] (eu).url: Field required"),
        ("servers: [{name: E U, url: http://x}]", "servers[0] (E U).name is 'E U'"),
        ("servers: [{name: eu, url: prometheus}]", "servers[0] (eu).url: write it as http://host:port"),
        ("servers: [{name: eu, url: http://x, concurrency: 0}]", "servers[0] (eu).concurrency is 0"),
        ("servers: [{name: eu, url: http://x, username: a}]", "username is 'a' and passwordFile is not set"),
        ("servers: [{name: eu, url: http://x, headers: {Authorization: geheim}}]", "use bearerTokenFile"),
        ("servers: [{name: eu, url: http://x}, {name: eu, url: http://y}]", "the name eu is there twice"),
        ("servers: {}", "must hold `servers:` with a list"),
        ("a: [", "the file is no YAML"),
    ],
)
def test_a_file_of_servers_that_can_not_be_used_is_told_with_the_field_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, told: str
) -> None:
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_SERVERS_FILE", files(tmp_path, servers=text)["servers"])
    with pytest.raises(SettingsError) as error:
        Settings.read()
    assert str(error.value).startswith("AUTONOMIC_PROMETHEUS_SERVERS_FILE is ")
    assert told in str(error.value)
    assert "geheim" not in str(error.value)

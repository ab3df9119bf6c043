"""How a server learns who asks, and how we learn whom we ask."""

import base64
import shutil
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import Question, RangeQuestion
from autonomic.environment.server import Basic, Bearer, MetricsServer, Tls
from tests.contract.certificates import Authority, Pair, serving
from tests.contract.scripted_server import ScriptedServer, answering, http

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
UP = Question("up", NOW)
TIMEOUT = 5.0
FINE = http(200, '{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}')


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


@pytest.fixture(scope="module")
def server_pair(authority: Authority) -> Pair:
    return authority.issue("server")


def header(server: ScriptedServer, name: str, request: int = -1) -> str | None:
    """What the request says under that name."""
    lines = (line.partition(": ") for line in server.requests[request][0].splitlines()[1:])
    return {key.lower(): value for key, _, value in lines}.get(name.lower())


async def test_a_token_goes_with_every_question_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, login=Bearer(token)))) as metrics,
    ):
        await metrics.query(UP)
        await metrics.query(UP)
        token.write_text("second\n")
        await metrics.query(UP)
        said = [header(server, "Authorization", each) for each in range(3)]
    assert said == ["Bearer first", "Bearer first", "Bearer second"]


async def test_a_token_that_is_mounted_anew_as_kubernetes_does_is_read_again(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text(f"{name:>6}")
    current = tmp_path / "current"
    current.symlink_to("first")
    login = Bearer(current / "token")
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, login=login))) as metrics,
    ):
        await metrics.query(UP)
        (tmp_path / "next").symlink_to("second")
        (tmp_path / "next").rename(current)
        await metrics.query(UP)
        assert header(server, "Authorization") == "Bearer second"


@pytest.mark.parametrize("content", [None, b"", b"two\nlines", "pässwort".encode()])
async def test_a_token_that_is_gone_or_none_is_unavailable_names_the_file_and_sends_nothing(
    tmp_path: Path, content: bytes | None
) -> None:
    token = tmp_path / "token"
    if content is not None:
        token.write_bytes(content)
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, login=Bearer(token)))) as metrics,
    ):
        with pytest.raises(Unavailable, match=str(token)) as caught:
            await metrics.query(UP)
        assert "lines" not in str(caught.value)
        assert server.requests == []


async def test_a_user_proves_who_it_is_by_a_password(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("ge:heim\n")
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, login=Basic("reader", password)))) as metrics,
    ):
        await metrics.query(UP)
        assert header(server, "Authorization") == "Basic " + base64.b64encode(b"reader:ge:heim").decode()


async def test_a_login_in_the_address_is_sent_as_a_header() -> None:
    async with answering(FINE) as server:
        url = server.url.replace("//", "//reader:ge%40heim@")
        async with aclosing(PrometheusMetrics(MetricsServer(url, TIMEOUT))) as metrics:
            await metrics.query(UP)
        assert header(server, "Authorization") == "Basic " + base64.b64encode(b"reader:ge@heim").decode()


async def test_a_netrc_of_the_user_does_not_take_the_place_of_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, netrc = tmp_path / "token", tmp_path / "netrc"
    token.write_text("ours")
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, login=Bearer(token)))) as metrics,
    ):
        await metrics.query(UP)
        assert header(server, "Authorization") == "Bearer ours"


async def test_headers_and_parameters_go_with_every_question() -> None:
    more = {"headers": {"X-Scope-OrgID": "shop"}, "parameters": {"dedup": "true", "partial_response": "false"}}
    async with (
        answering(FINE) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, **more))) as metrics,  # type: ignore[arg-type]
    ):
        await metrics.query(UP)
        await metrics.mistake("up")
        with pytest.raises(Unavailable):
            await metrics.query_range(RangeQuestion("up", NOW, NOW, NOW - NOW))
        await metrics.abilities()
        assert {header(server, "X-Scope-OrgID", each) for each in range(5)} == {"shop"}
        assert all("dedup=true&partial_response=false" in head + body for head, body in server.requests)
        assert len(server.requests) == 5


async def test_a_server_of_an_authority_that_we_know_is_asked(authority: Authority, server_pair: Pair) -> None:
    async with answering(FINE, tls=serving(server_pair)) as server:
        known = MetricsServer(server.url, TIMEOUT, tls=Tls(authority.file))
        async with aclosing(PrometheusMetrics(known)) as metrics:
            assert (await metrics.query(UP)).samples[0].value == "7"


async def test_a_server_of_an_authority_that_we_do_not_know_is_never_asked(
    stranger: Authority, server_pair: Pair
) -> None:
    async with answering(FINE, tls=serving(server_pair)) as server:
        for tls in (Tls(), Tls(stranger.file)):
            async with aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, tls=tls))) as metrics:
                with pytest.raises(Unavailable, match="certificate verify failed"):
                    await metrics.query(UP)
                assert metrics.tally.retries == 0
        assert server.requests == []


async def test_a_server_that_wants_a_certificate_gets_ours(authority: Authority, server_pair: Pair) -> None:
    ours = authority.issue("autonomic")
    async with answering(FINE, tls=serving(server_pair, clients=authority)) as server:
        known = MetricsServer(server.url, TIMEOUT, tls=Tls(authority.file, ours.certificate, ours.key))
        async with aclosing(PrometheusMetrics(known)) as metrics:
            assert (await metrics.query(UP)).samples[0].value == "7"
        without = MetricsServer(server.url, TIMEOUT, tls=Tls(authority.file))
        async with aclosing(PrometheusMetrics(without)) as metrics:
            with pytest.raises(Unavailable):
                await metrics.query(UP)


async def test_a_certificate_that_is_replaced_is_used_by_the_next_connection(
    authority: Authority, stranger: Authority, server_pair: Pair, tmp_path: Path
) -> None:
    good, bad = authority.issue("good"), stranger.issue("bad")
    ours = Pair(tmp_path / "tls.crt", tmp_path / "tls.key")
    _copy(bad, ours)
    async with answering(FINE, tls=serving(server_pair, clients=authority)) as server:
        known = MetricsServer(server.url, TIMEOUT, tls=Tls(authority.file, ours.certificate, ours.key))
        async with aclosing(PrometheusMetrics(known)) as metrics:
            with pytest.raises(Unavailable):
                await metrics.query(UP)
            _copy(good, ours)
            assert (await metrics.query(UP)).samples[0].value == "7"


def _copy(source: Pair, target: Pair) -> None:
    shutil.copyfile(source.certificate, target.certificate)
    shutil.copyfile(source.key, target.key)

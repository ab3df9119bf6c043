"""The page of metrics of an operator in the same pod."""

import aiohttp

from autonomic.domain.errors import Unavailable

_SECONDS = 10.0


async def read_page(port: int, *, tls: bool) -> str:
    """The page that is served at that port of this pod. Raises Unavailable."""
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/metrics"
    try:
        # The certificate is for callers, who know this by another name; nothing secret is sent.
        asking = aiohttp.request("GET", url, ssl=False, timeout=aiohttp.ClientTimeout(_SECONDS), raise_for_status=True)
        async with asking as answer:
            return await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        raise Unavailable(f"no operator answers at {url}: {type(problem).__name__}: {problem}") from problem

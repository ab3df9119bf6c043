"""Which kinds the API server has, by what it says of itself."""

from autonomic.adapters.kubernetes.connection import Connection
from autonomic.domain.errors import NotFound


async def serves(connection: Connection, api_version: str, kind: str) -> bool:
    """Whether the server has that kind, of a group: `keda.sh/v1alpha1`, `ScaledObject`. Raises Unavailable, Forbidden."""
    try:
        found = await connection.request("GET", f"/apis/{api_version}", f"ask for the kinds of {api_version}")
    except NotFound:
        return False
    return any(each.get("kind") == kind for each in found.get("resources") or ())

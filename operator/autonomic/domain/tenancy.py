"""Tenants that share a server: each selector that people write is held to the namespace that it stands in."""

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector


def tenant(label: str | None, namespace: str) -> Matcher | None:
    """The matcher that every selector of the namespace must carry; None where tenants do not share."""
    return Matcher(label, "=", namespace) if label else None


def confined(found: Selector, field: str, tenant: Matcher | None) -> Selector:
    """The selector with the tenant's matcher added. Raises Invalid where it has another one on that label."""
    if tenant is None:
        return found
    for each in found.matchers:
        if each.label == tenant.label and each != tenant:
            raise Invalid(
                f"{field}: {found} has the matcher {each}, but {tenant.label} is the label of tenants here and this"
                f" is of {tenant.value}: leave it out, {tenant} is added"
            )
    return found.also(tenant)

"""Who pays: a bank by files, a provider by calls; all of them behind one protocol."""

from __future__ import annotations

from upline.payouts.errors import ProviderUnknown
from upline.payouts.providers.bank import Bank
from upline.payouts.providers.fake import FakeProvider
from upline.payouts.providers.protocol import Answer, NoAnswer, Notice, Provider, Told

_BY_NAME: dict[str, Provider] = {one.name: one for one in (Bank(), FakeProvider())}


def provider_of(name: str) -> Provider:
    """Give a provider by its name. Raises ProviderUnknown."""
    found = _BY_NAME.get(name)
    if found is None:
        raise ProviderUnknown(provider=name, known=", ".join(names()))
    return found


def names() -> list[str]:
    """List the providers that there are."""
    return sorted(_BY_NAME)


__all__ = ["Answer", "NoAnswer", "Notice", "Provider", "Told", "names", "provider_of"]

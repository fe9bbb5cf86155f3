"""Whoever a DCI registry knows by a national ID or by a phone."""

from __future__ import annotations

from registry_client import port
from registry_client.configuration import RegistrySettings
from registry_client.dci import records
from registry_client.dci.client import Call, DciClient
from registry_client.dci.queries import ByIdentifier, Kinds, Page, Search

MOST_FOUND = 20
"""People one ID or phone is looked for among; more of them are not asked for."""


class People:
    """The two look-ups of the port that DCI itself has. Both may raise RegistryError."""

    def __init__(self, client: DciClient, registry: RegistrySettings) -> None:
        self._client, self._types = client, registry.id_types
        self._kinds = Kinds(registry.types.people, registry.types.person, "Member")

    def by_id(self, national_id: str, call: Call) -> port.Person | None:
        """The person, where a record that carries this very ID came back; names and the rest are
        left there.
        """
        found = self._client.records(
            self._search(self._types.national_id, national_id), MOST_FOUND, call
        )
        record = next((one for one in found if records.carries(one, national_id)), None)
        if record is None:
            return None
        hers = records.hers(record, national_id)
        return port.Person(national_id, records.handle(hers), records.phones(hers))

    def by_phone(self, phone: str, call: Call) -> tuple[str, ...]:
        """The IDs of the records that carry this very phone, each once."""
        found = self._client.records(self._search(self._types.phone, phone), MOST_FOUND, call)
        hers = (
            records.national_id(one, self._types.national_id)
            for record in found
            for one in records.members(record) or [record]
            if phone in records.phones(one)
        )
        return tuple(dict.fromkeys(filter(None, hers)))[:MOST_FOUND]

    def _search(self, kind: str, value: str) -> Search:
        return Search(ByIdentifier(kind, value), self._kinds, Page(MOST_FOUND))

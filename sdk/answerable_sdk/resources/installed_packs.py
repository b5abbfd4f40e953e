"""The packs that a server has installed; ``answerable_sdk.packs`` has the types to write one with."""

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Pack(Model):
    """A pack that the server has installed."""

    pack_id: str
    display_name: str
    description: str
    sample_questions: tuple[str, ...]


class _PackList(Model):
    packs: tuple[Pack, ...]


class Packs(Resource[Mode]):
    """``client.packs``."""

    @method
    def list(self) -> Steps[tuple[Pack, ...]]:
        """The packs that the server has installed."""
        return self._send(Call("GET", "/v1/packs", parse_as(_PackList, lambda found: found.packs)))

"""Deleting a document: out of the answers first, then its leftovers out of the object store."""

from temporalio import activity

from activities.heartbeat import heartbeating
from domain.knowledge.document import DocumentRemoval, RemovedDocument
from domain.knowledge.ports import DocumentRepository


class RemovalActivities:
    def __init__(self, documents: DocumentRepository) -> None:
        self._documents = documents

    @activity.defn
    async def remove_document(self, removal: DocumentRemoval) -> RemovedDocument:
        """Take the document out of the answers and end its unfinished versions. Idempotent.

        Raises NotFoundError when there is no such document in the dataset.
        """
        async with heartbeating():
            return await self._documents.remove(removal)

"""The tools of packs: which connector stands behind each kind."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from activities.turns.tools import ToolActivities
from adapters.http_egress import HttpEgress
from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.personal_data import NumberingPlanDetector
from adapters.postgres.readonly_queries import ReadonlyQueries
from adapters.tools.http_service import HttpConnector
from adapters.tools.python_callable import PythonConnector
from adapters.tools.runner import InstalledToolRunner
from adapters.tools.sql_readonly import SqlConnector
from bootstrap.confinement import required_layers
from bootstrap.settings import Settings


@asynccontextmanager
async def open_tools(settings: Settings, packs: InstalledPacks) -> AsyncIterator[ToolActivities]:
    """Open every connector; one whose settings are missing refuses its tools, and nothing else."""
    async with AsyncExitStack() as stack:
        egress = HttpEgress()
        stack.push_async_callback(egress.close)
        queries = None
        if settings.database_reader_url is not None:
            queries = ReadonlyQueries(settings.database_reader_url.get_secret_value())
            await queries.open()
            stack.push_async_callback(queries.close)
        runner = InstalledToolRunner(
            packs,
            JsonSchemaValidator(),
            {
                "python": PythonConnector(required_layers(settings)),
                "http": HttpConnector(egress, settings.tool_secrets, settings.tool_allowed_urls),
                "sql_readonly": SqlConnector(queries),
            },
        )
        yield ToolActivities(packs, runner, NumberingPlanDetector())

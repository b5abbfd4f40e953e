"""What the processes that read texts are made of."""

import subprocess
import sys

from adapters.confined.environment import bare_environment

HEAVY = ("minio", "psycopg", "sqlalchemy", "temporalio", "torch", "httpx", "fastapi")


def test_processes_that_read_texts_load_no_client_of_a_server_and_no_model() -> None:
    program = f"import sys, bootstrap.wiring.text_steps; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program], env=bare_environment(), capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"

"""Where the MLflow store lies, and its UI; nothing here imports mlflow, so it answers at once."""

import http.client
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from kepler_keras.errors import InputError

SQLITE = "sqlite:///"
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # two lines a fold, between our own progress
}
PATIENCE = 10  # seconds for a server's first answer; MLflow itself tries for four minutes


def tracking_address(environment: Mapping[str, str], folder: Path) -> str:
    """The address of the MLflow store that this command writes to and reads from.

    `mlflow run` hands its own store's address to an entry point in `MLFLOW_TRACKING_URI`: absolute
    where it chose the store, but unchanged where its caller gave a relative one. An entry point
    starts in the project's folder (a temporary clone where the project came from a git address), so
    a relative address is only right together with the caller's folder.

    Args:
        environment: The process environment.
        folder: The folder in which the caller stood.

    Returns:
        `MLFLOW_TRACKING_URI`, a relative sqlite path made absolute; unset, `mlflow.db` in `folder`.

    Raises:
        InputError: The folder of a sqlite store does not exist.
    """
    address = environment.get("MLFLOW_TRACKING_URI", "").strip() or f"{SQLITE}mlflow.db"
    path = sqlite_path(address)
    if path is None:
        return address
    path = Path(os.path.abspath(folder / path))
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: the folder of the MLflow store does not exist")
    return f"{SQLITE}{path.as_posix()}"


def sqlite_path(address: str) -> Path | None:
    """The file of a sqlite address, or None for any other address.

    MLflow percent-encodes the path where it made the address itself and opens the decoded one.
    """
    return Path(unquote(address.removeprefix(SQLITE))) if address.startswith(SQLITE) else None


def without_secrets(text: str) -> str:
    """Any text without the `user:password@` and the `?query`, as of a token, of its addresses."""
    named = re.sub(r"://[^\s/]*@", "://", text)
    return re.sub(r"(://[^\s?#'\"]*)\?[^\s#'\"]*?(?=[:.,;]*(?:[\s#'\"]|$))", r"\1", named)


def require_store(address: str) -> None:
    """Refuses a sqlite store that does not exist yet: opening it would make an empty one.

    Raises:
        InputError: There is no such file.
    """
    path = sqlite_path(address)
    if path is not None and not path.is_file():
        raise InputError(f"{path}: there is no MLflow store yet; `kepler-keras compare` makes it")


def require_answer(address: str) -> None:
    """Refuses an http address where nobody answers; any answer, even a refusal, will do.

    Raises:
        InputError: No connection within PATIENCE.
    """
    if not is_server(address):
        return
    try:
        asked = without_secrets(address)
        urllib.request.urlopen(asked, timeout=PATIENCE, context=_trusted()).close()
    except urllib.error.HTTPError as refusal:
        refusal.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        where = without_secrets(address)
        raise InputError(f"{where}: the MLflow server does not answer: {reason}") from error


def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed: as MLflow's client is told for the requests after this."""
    own = os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or None
    context = ssl.create_default_context(cafile=own)
    if os.environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("true", "1"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def is_server(address: str) -> bool:
    """Whether the store is behind a server, whose pages can be linked."""
    return address.startswith(("http://", "https://"))


def serve_ui(address: str, *, port: int = 5000) -> int:
    """Shows the store in the MLflow UI on loopback until it is interrupted.

    Returns:
        The exit code of the UI; 0 after an interrupt.

    Raises:
        InputError: There is no such store, or the address is a server with a UI of its own.
    """
    if is_server(address):
        where = without_secrets(address)
        raise InputError(f"{where}: this MLflow server has its own UI; open it in a browser")
    require_store(address)
    path = sqlite_path(address)
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", address]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    try:
        done = subprocess.run(
            command, env={**os.environ, **QUIET}, cwd=path.parent if path else None, check=False
        )
    except KeyboardInterrupt:
        return 0
    return done.returncode

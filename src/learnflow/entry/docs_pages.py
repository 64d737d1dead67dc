"""/docs (Swagger UI) and /redoc (ReDoc), whole from this server: their files are those of the fastapi-offline package.

The Content-Security-Policy makes sure of it: both programs would fetch things elsewhere by themselves (Swagger UI a
validator's badge, ReDoc its maker's logo), and a browser that obeys the policy doesn't ask for them.
"""

import base64
import hashlib
from pathlib import Path

import fastapi_offline
from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from learnflow.core.errors import NotFound

FILES = Path(fastapi_offline.__file__).parent / "static"
MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "favicon.png": "image/png",
}

_START_SWAGGER = (
    'SwaggerUIBundle({url: "openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null, '
    "presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset]});"
)

# Addresses are relative, so that the pages also work below a path of a reverse proxy.
_SWAGGER = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LearnFlow API</title>
<link rel="icon" href="docs-files/favicon.png">
<link rel="stylesheet" href="docs-files/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs-files/swagger-ui-bundle.js"></script>
<script>{_START_SWAGGER}</script>
</body>
</html>
"""

_REDOC = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LearnFlow API</title>
<link rel="icon" href="docs-files/favicon.png">
<style>body { margin: 0; }</style>
</head>
<body>
<redoc spec-url="openapi.json"></redoc>
<script src="docs-files/redoc.standalone.js"></script>
</body>
</html>
"""


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_START_SWAGGER.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


_HEADERS = {"Content-Security-Policy": _policy(), "Referrer-Policy": "no-referrer"}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def swagger_ui() -> HTMLResponse:
    """The API's description as Swagger UI."""
    return HTMLResponse(_SWAGGER, headers=_HEADERS)


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    """The API's description as ReDoc."""
    return HTMLResponse(_REDOC, headers=_HEADERS)


@router.get("/docs-files/{name}")
async def file(name: str) -> FileResponse:
    """A file of the two pages."""
    if name not in MEDIA_TYPES:
        raise NotFound("There is no such file.")
    return FileResponse(FILES / name, media_type=MEDIA_TYPES[name], headers={"Cache-Control": "public, max-age=86400"})

"""`/docs`: the description of the API for people, out of this process alone: nothing of it comes from the internet."""

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_FILES = "/docs/files"
_LOADS = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_SETTINGS = {"validatorUrl": None, "tryItOutEnabled": True, "displayRequestDuration": True}


def document(app: FastAPI) -> None:
    """Adds the page. It is the same in every installation and tells nothing of this one: no token is asked for."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{_FILES}/swagger-ui.css",
            swagger_favicon_url=f"{_FILES}/favicon.png",
            swagger_ui_parameters=_SETTINGS,
        )
        page.headers["Content-Security-Policy"] = _LOADS
        return page

    app.include_router(routes)
    app.mount(_FILES, StaticFiles(packages=[("fastapi_offline", "static")]))

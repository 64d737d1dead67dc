"""HTTP in and out of the submissions room."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/submissions", tags=["submissions"])

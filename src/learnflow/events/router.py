"""HTTP in and out of the events room."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/events", tags=["events"])

"""HTTP in and out of the analytics room."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

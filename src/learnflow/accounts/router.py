"""HTTP in and out of the accounts room."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/auth", tags=["auth"])

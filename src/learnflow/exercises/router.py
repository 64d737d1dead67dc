"""HTTP in and out of the exercises room."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/exercises", tags=["exercises"])

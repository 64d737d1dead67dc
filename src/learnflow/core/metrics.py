"""The metrics every process keeps; rooms add their own beside the code they measure."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("learnflow_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "learnflow_http_request_seconds",
    "Time from a request's first byte to its answer's last.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30),
)

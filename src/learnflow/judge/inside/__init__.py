"""What runs inside the sandbox: standard library only, bound into it read-only, importing nothing else of ours."""

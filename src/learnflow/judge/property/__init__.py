"""Cases of kind `property`: a teacher's generator makes the inputs, and the smallest that fails is shown (ADR 10)."""

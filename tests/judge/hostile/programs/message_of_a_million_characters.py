#: verdict: runtime_error

raise ValueError("\u202e\ud800\0" * 300_000)

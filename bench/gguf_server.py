"""The embedded model behind an OpenAI-compatible server on loopback, for peers: `python -m bench.gguf_server FILE`.

Prints its address, then serves until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys

import xllamacpp

WINDOW = 16_384


def main() -> None:
    """Serve the file that is named."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[1]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.verbosity = -1
    parameters.n_ctx = WINDOW
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = len(os.sched_getaffinity(0))
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()

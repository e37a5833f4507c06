"""Runs the warden."""

from farside.tools.inside.warden import main

main()

"""The web, for a run with --net: pages are fetched without keys from public addresses, engines are asked for hits."""

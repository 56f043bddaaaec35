"""Write ``firmware/package.json`` anew: ``python -m tests.flashing.write_package``."""

import json
import os
from pathlib import Path

from midback.flashing.sources import firmware_sources

PACKAGE = Path(__file__).parents[2] / "firmware" / "package.json"


def main() -> None:
    urls = [
        [path.removeprefix("/"), Path(os.path.relpath(source, PACKAGE.parent)).as_posix()]
        for path, source in firmware_sources().items()
    ]
    lines = ",\n".join(f"    {json.dumps(url)}" for url in urls)
    PACKAGE.write_text(f'{{\n  "urls": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main()

"""How another process of the same user talks to the running monitor of a data folder.

No network: a socket of the file system, on Windows a loopback port with a secret.  Where it is
stands in a private file in the data folder (``door``); requests and answers are short lines of
JSON (``line``).  The monitor holds ``serve`` open, others call ``ask``.
"""

from midback.control.client import ask
from midback.control.line import Facts
from midback.control.server import Request, serve

__all__ = ["Facts", "Request", "ask", "serve"]

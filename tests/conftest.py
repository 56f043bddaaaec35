"""How long things take decides nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On a busy machine examples take long.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

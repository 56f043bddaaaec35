"""A stored day judged anew from its packets."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from analysis.days import LONDON, calibration

from midback.clip import Received
from midback.monitor import Wearing
from midback.recording import Store
from midback.shared import wire
from midback_analysis.day import DayRecord, read_day
from midback_analysis.recompute import recomputed_day
from midback_analysis.summarise import summarise_day

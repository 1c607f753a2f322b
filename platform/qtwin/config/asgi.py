"""ASGI entry: ``uvicorn qtwin.config.asgi:application``."""

import os

from qtwin.config.deferred import defer
from qtwin.config.handler import one_thread

defer("numpy")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
_django = one_thread()

from django.conf import settings  # noqa: E402 - the settings' module is named above
from django.urls import get_resolver  # noqa: E402

from qtwin.config.body_limit import ROOM, BodyLimit  # noqa: E402
from qtwin.config.observed import Observed  # noqa: E402
from qtwin.health.probes import Probes  # noqa: E402
from qtwin.metrics.gate import Metrics  # noqa: E402
from qtwin.rates.gate import RateGate  # noqa: E402
from qtwin.rates.limiter import Limiter  # noqa: E402
from qtwin.rates.shared import SharedBuckets, address_of  # noqa: E402
from qtwin.settled import settle  # noqa: E402
from qtwin.waiting.poll import LongPoll  # noqa: E402
from qtwin.waiting.stream import EventStream  # noqa: E402

_broker = address_of(str(settings.BROKER_URL))
_limiter = Limiter(SharedBuckets(_broker) if _broker else None)
_limited = BodyLimit(_django, int(settings.ARCHIVE_MAX_BYTES) + ROOM)
_waiting = EventStream(LongPoll(_limited))
gate = RateGate(_waiting, settings.RATES, _limiter, together=int(settings.RATE_TOGETHER))
application = Probes(Metrics(Observed(gate)))

get_resolver().url_patterns  # noqa: B018 - loads the pages, as the first request would
settle()
